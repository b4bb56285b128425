//! Sample diagrams for the layout, and the invariants that every layout of them must satisfy.

use super::check::{crossings, problems};
use super::ir::{ArrowId, At, Diagram, Icon, Item, Lifeline, Row, Stroke, Tone};
use super::layout::{Layout, lay_out};
use super::picture::Layer;
use super::svg::{Theme, document, group_svg, slices_svg};

/// Builds a diagram row by row.
#[derive(Default)]
struct Draft {
    diagram: Diagram,
    step: u16,
    msg: Option<u8>,
    arrows: ArrowId,
}

impl Draft {
    fn new(lifelines: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::default();
        draft.diagram.lifelines = lifelines
            .iter()
            .map(|(name, detail)| Lifeline { name: (*name).into(), detail: (*detail).into() })
            .collect();
        draft
    }

    fn step(&mut self, sentence: &str) -> &mut Draft {
        self.step += 1;
        self.diagram.sentences.push(sentence.into());
        self
    }

    fn about(&mut self, msg: u8) -> &mut Draft {
        self.msg = Some(msg);
        self
    }

    fn row(&mut self, item: Item) -> &mut Draft {
        self.diagram.rows.push(Row { step: self.step, msg: self.msg, item });
        self
    }

    fn send(&mut self, from: At, to: At, label: &str, detail: &str, stroke: Stroke) -> ArrowId {
        self.arrows += 1;
        let (label, detail) = (label.into(), detail.into());
        self.row(Item::Send { arrow: self.arrows, from, to, label, detail, stroke });
        self.arrows
    }

    fn arrive(&mut self, arrow: ArrowId) -> &mut Draft {
        self.row(Item::Arrive { arrow })
    }

    fn lose(&mut self, arrow: ArrowId, label: &str) -> &mut Draft {
        self.row(Item::Lose { arrow, label: label.into() })
    }

    fn call(&mut self, from: At, to: At, label: &str) -> &mut Draft {
        let (label, detail) = (label.into(), String::new());
        self.row(Item::Call { from, to, label, detail, stroke: Stroke::Solid })
    }

    fn mark(&mut self, at: At, icon: Icon, label: &str, detail: &str, tone: Tone) -> &mut Draft {
        self.row(Item::Mark { at, icon, label: label.into(), detail: detail.into(), tone })
    }

    fn stamp(&mut self, at: At, label: &str, tone: Tone) -> &mut Draft {
        self.row(Item::Stamp { at, label: label.into(), tone })
    }

    fn begin(&mut self, at: At) -> &mut Draft {
        self.row(Item::Begin { at })
    }

    fn end(&mut self, at: At) -> &mut Draft {
        self.row(Item::End { at })
    }
}

const SOLID: Stroke = Stroke::Solid;
const DASHED: Stroke = Stroke::Dashed;

const FOUR: [(&str, &str); 4] = [
    ("Producer", "retry ×3"),
    ("Broker", "log · sync before ack"),
    ("Consumer", "work, then ack"),
    ("Accounts", "balance $100"),
];

/// The mock-up: the acknowledgment is lost, and the producer sends again.
pub(super) fn ack_lost() -> Diagram {
    let mut d = Draft::new(&FOUR);
    d.about(0).step("The producer sends m1, $100.").begin(0);
    let sent = d.send(0, 1, "① send m1 $100", "", SOLID);
    d.step("m1 reaches the broker.").arrive(sent).begin(1);
    d.step("The broker writes m1 to disk.");
    d.mark(1, Icon::Disk, "persisted", "at offset 0", Tone::Good);
    d.step("The broker acknowledges m1.");
    let ack = d.send(1, 0, "ack m1", "", DASHED);
    d.end(1).step("The acknowledgement is lost.").lose(ack, "ack m1 lost");
    d.step("The broker delivers m1.");
    let delivered = d.send(1, 2, "② deliver m1", "", SOLID);
    d.step("m1 reaches the consumer.").arrive(delivered).begin(2);
    d.step("The timer runs out.").mark(
        0,
        Icon::Clock,
        "ack timeout 5 s",
        "backoff 100 ms",
        Tone::Warn,
    );
    d.step("The consumer adds $100.").call(2, 3, "balance += $100");
    d.stamp(3, "m1 ×1", Tone::Good);
    d.step("It commits.");
    let commit = d.send(2, 1, "commit offset 1", "", DASHED);
    d.end(2).step("The broker notes it.").arrive(commit);
    d.step("The producer sends again: the broker cannot see that this is the same message.");
    let again = d.send(0, 1, "③ send m1 again", "attempt 2", SOLID);
    d.step("It arrives.").arrive(again).begin(1);
    d.mark(1, Icon::Disk, "persisted", "at offset 1", Tone::Good);
    d.step("Acknowledged.");
    let ack = d.send(1, 0, "ack m1", "", DASHED);
    d.end(1).step("The producer is told that all is well.").arrive(ack);
    d.mark(0, Icon::Check, "ok", "", Tone::Good).end(0);
    d.step("Delivered again.");
    let delivered = d.send(1, 2, "deliver m1", "", SOLID);
    d.step("It arrives.").arrive(delivered).begin(2);
    d.step("$100 again.").call(2, 3, "balance += $100").stamp(3, "m1 ×2", Tone::Bad);
    d.step("It commits.");
    let commit = d.send(2, 1, "commit offset 2", "", DASHED);
    d.end(2).step("Done.").arrive(commit);
    d.diagram
}

/// The broker acknowledges from memory and crashes; the consumer crashes, too.
fn crashes() -> Diagram {
    let mut d = Draft::new(&FOUR);
    d.about(0).step("Send.").begin(0);
    let sent = d.send(0, 1, "send m1 $100", "attempt 1", SOLID);
    d.step("Arrives.").arrive(sent).begin(1);
    d.mark(1, Icon::Memory, "in memory only", "", Tone::Warn);
    d.step("Ack.");
    let ack = d.send(1, 0, "ack m1", "", DASHED);
    d.step("The broker crashes.")
        .row(Item::Crash { at: 1, label: "broker crashes before persist".into() });
    d.step("Told ok.")
        .arrive(ack)
        .mark(0, Icon::Check, "ok", "the producer forgets m1", Tone::Good)
        .end(0);
    d.about(1).step("m2 goes nowhere.");
    let second = d.send(0, 1, "send m2 $100", "", SOLID);
    d.step("Lost.").lose(second, "connection refused");
    d.step("Timer.").mark(0, Icon::Clock, "ack timeout", "5 s", Tone::Warn);
    d.step("Restart.").row(Item::Restart { at: 1, label: "broker restarts, log is empty".into() });
    d.step("Again.");
    let again = d.send(0, 1, "send m2 again", "attempt 2", SOLID);
    d.step("Arrives.").arrive(again).begin(1);
    d.mark(1, Icon::Replicated, "replicated", "to 2 of 3", Tone::Good).end(1);
    d.step("Deliver.");
    let delivered = d.send(1, 2, "deliver m2", "", SOLID);
    d.step("Arrives.").arrive(delivered).begin(2);
    d.step("Work.").call(2, 3, "balance += $100").stamp(3, "m2 ×1", Tone::Good);
    d.step("Crash.").row(Item::Crash { at: 2, label: "consumer crashes after work".into() });
    d.step("Requeue.").mark(1, Icon::Requeue, "back in the queue", "", Tone::Warn);
    d.step("Restart.").row(Item::Restart { at: 2, label: "consumer restarts".into() });
    d.step("Deliver.");
    let delivered = d.send(1, 2, "deliver m2", "redelivered", SOLID);
    d.step("Arrives.").arrive(delivered).begin(2).call(2, 2, "check seen");
    d.step("Work.").call(2, 3, "balance += $100").stamp(3, "m2 ×2", Tone::Bad);
    d.step("Nack.");
    let nack = d.send(2, 1, "nack, requeue", "", DASHED);
    d.end(2).step("Dead letter.").arrive(nack);
    d.mark(1, Icon::DeadLetter, "parked after 3 deliveries", "dead-letter queue", Tone::Bad);
    d.step("Error.").mark(
        0,
        Icon::Cross,
        "MessageDeliveryError",
        "reported to the caller",
        Tone::Bad,
    );
    d.step("Nothing shows in this step.");
    d.step("Note.").mark(3, Icon::Note, "balance $300", "should be $200", Tone::Plain);
    d.diagram
}

/// Four messages at once, late arrivals, some still in flight at the end.
fn pipelined() -> Diagram {
    let mut d = Draft::new(&FOUR);
    let mut flying = Vec::new();
    for msg in 0..4 {
        d.about(msg).step("Send.");
        flying.push((msg, d.send(0, 1, &format!("send m{}", msg + 1), "async", SOLID)));
    }
    for &i in &[2_usize, 0, 3] {
        let (msg, arrow) = flying[i];
        d.about(msg).step("Arrives.").arrive(arrow);
        d.mark(1, Icon::Disk, "persisted", "", Tone::Good);
        let delivered = d.send(1, 2, &format!("deliver m{}", msg + 1), "", SOLID);
        let ack = d.send(1, 0, &format!("ack m{}", msg + 1), "", DASHED);
        d.step("Acked.").arrive(ack);
        d.step("Delivered.").arrive(delivered).begin(2).call(2, 3, "balance += $100");
        d.stamp(3, &format!("m{} ×1", msg + 1), Tone::Good).end(2);
    }
    d.about(1).step("Late.").arrive(flying[1].1);
    d.step("Off it goes.");
    d.send(1, 2, "deliver m2", "", SOLID);
    d.send(1, 0, "ack m2", "", DASHED);
    d.diagram
}

/// Names and labels longer than anybody should write, in several scripts.
fn long_words() -> Diagram {
    let mut d = Draft::new(&[
        ("Order-processing service", "fire and forget, with a very long explanation"),
        ("Kafka", "acks=all · min.insync.replicas=2"),
        ("Zahlungsabwicklungsdienst", ""),
        ("会計システム", "残高 $100"),
        ("Ω", "ẞ"),
    ]);
    d.about(2).step("Words.");
    let arrow = d.send(
        0,
        3,
        "send the very first message of a long series to the accounting system",
        "with a detail that goes on and on, well beyond what a phone can show on a line",
        SOLID,
    );
    d.step("Marks.");
    for at in 0..5 {
        d.mark(
            at,
            Icon::Disk,
            "acknowledgement-not-yet-persisted",
            "注文を二度処理しました",
            Tone::Warn,
        );
        d.mark(at, Icon::Clock, "“quoted” <escaped> & ⚡", "", Tone::Bad);
        d.stamp(at, "注文 m3 ×12 345 678", Tone::Plain);
    }
    d.step("Arrives.").arrive(arrow).mark(3, Icon::Note, "", "only a detail", Tone::Plain);
    d.step("Lost.");
    let arrow = d.send(4, 0, "", "", DASHED);
    d.lose(arrow, "the connection to the order-processing service was closed by its peer");
    d.step("Call.").call(1, 2, "").call(3, 1, "MessageDeliveryErrorMessageDeliveryError");
    d.diagram
}

/// Everything active at once, on `n` lifelines, with arrows, notes and pills everywhere.
fn crowd(n: At) -> Diagram {
    let names: Vec<String> = (1..=n).map(|i| format!("Consumer {i}")).collect();
    let lifelines: Vec<_> = names.iter().map(|name| (name.as_str(), "group A")).collect();
    let mut d = Draft::new(&lifelines);
    d.step("All begin.");
    (0..n).for_each(|at| {
        d.begin(at);
    });
    for from in 0..n {
        d.about(from % 4).step("To all.");
        let arrows: Vec<_> =
            (0..n).map(|to| d.send(from, to, &format!("send to {to}"), "try 1", SOLID)).collect();
        d.step("").mark(from, Icon::Memory, "waiting for answers", "", Tone::Plain);
        for (to, arrow) in arrows.into_iter().enumerate() {
            d.step("");
            if (to + usize::from(from)) % 5 == 4 {
                d.lose(arrow, "lost on the way");
            } else {
                d.arrive(arrow);
                let at = At::try_from(to).unwrap_or(0);
                d.mark(at, Icon::Check, "got it", "at last", Tone::Good);
                d.stamp(at, "m1 ×1", Tone::Good).call(at, from, "thanks");
            }
        }
        d.row(Item::Crash { at: from, label: "power loss".into() });
        if from % 2 == 0 {
            d.row(Item::Restart { at: from, label: "power is back".into() });
        }
    }
    d.diagram
}

/// Inconsistent rows, which must not make the layout panic.
fn nonsense() -> Diagram {
    let mut d = Draft::new(&[("A", ""), ("B", "")]);
    d.step("").end(0).arrive(99).lose(98, "never sent");
    d.begin(7).mark(9, Icon::Note, "nowhere", "", Tone::Plain);
    d.row(Item::Restart { at: 1, label: String::new() });
    d.row(Item::Crash { at: 1, label: String::new() });
    d.row(Item::Crash { at: 1, label: "again".into() });
    d.begin(1).begin(1).end(1);
    d.send(0, 0, "to itself", "", SOLID);
    let own = d.send(1, 1, "to itself", "", DASHED);
    d.step = 9;
    d.arrive(own).call(1, 1, "self").call(0, 0, "self");
    let own = d.send(0, 0, "lost to itself", "", SOLID);
    d.lose(own, "gone");
    d.step = 3;
    d.mark(0, Icon::Note, "out of order", "", Tone::Plain);
    d.diagram
}

/// `n` messages, each sent, stored, acknowledged, delivered, applied, committed.
fn many(n: u16) -> Diagram {
    let mut d = Draft::new(&FOUR);
    for i in 0..n {
        d.about((i % 4) as u8).step("Send.");
        let sent = d.send(0, 1, "send", "attempt 1", SOLID);
        d.step("Arrive.").arrive(sent).mark(1, Icon::Disk, "persisted", "", Tone::Good);
        let ack = d.send(1, 0, "ack", "", DASHED);
        let delivered = d.send(1, 2, "deliver", "", SOLID);
        d.step("Acked.").arrive(ack).step("Delivered.").arrive(delivered).begin(2);
        d.call(2, 3, "balance += $100").stamp(3, "×1", Tone::Good).end(2);
    }
    d.diagram
}

fn all() -> Vec<(String, Diagram)> {
    let mut all = vec![
        ("ack-lost".to_owned(), ack_lost()),
        ("crashes".to_owned(), crashes()),
        ("pipelined".to_owned(), pipelined()),
        ("long-words".to_owned(), long_words()),
        ("nonsense".to_owned(), nonsense()),
        ("empty".to_owned(), Diagram::default()),
    ];
    all.extend((1..=8).map(|n| (format!("crowd-{n}"), crowd(n))));
    all
}

fn assert_good(name: &str, layout: &Layout) {
    let problems = problems(layout);
    let width = layout.width;
    assert!(problems.is_empty(), "{name} at {width} px:\n{}", problems.join("\n"));
}

#[test]
fn nothing_overlaps_at_any_width() {
    let widths = [320, 390, 720, 1100].into_iter().chain((320..1600).step_by(37));
    for width in widths {
        for (name, diagram) in all() {
            assert_good(&name, &lay_out(&diagram, width));
        }
    }
}

#[test]
fn slices_hold_every_group_once_and_are_as_high_as_the_body() {
    let mut most = 0;
    for (name, diagram) in all() {
        let layout = lay_out(&diagram, 320);
        for layer in [Layer::Shapes, Layer::Texts] {
            let slices = slices_svg(&layout, layer);
            let asked = layout.body.groups.iter().filter(|group| group.layer == layer);
            let asked: String = asked.map(|group| format!("<g>{}</g>", group_svg(group))).collect();
            // Strip the slices themselves, and compare the rest.
            let mut groups = String::new();
            let mut high = 0;
            for slice in slices.split("</svg>").filter(|slice| !slice.is_empty()) {
                let (tag, content) = slice.split_once('>').unwrap();
                let height = tag.rsplit('"').nth(1).and_then(|px| px.parse::<i32>().ok());
                high += height.unwrap();
                groups.push_str(content);
            }
            assert_eq!(groups, asked, "{name}");
            if !layout.bands.is_empty() {
                assert_eq!(high, layout.body.height, "{name}");
            }
            most = most.max(slices.matches("</svg>").count());
        }
    }
    assert!(most > 1, "no sample is high enough");
}

#[test]
fn lines_keep_out_of_texts_where_there_is_room() {
    for (name, diagram) in [("ack-lost", ack_lost()), ("crashes", crashes())] {
        for width in [390, 560, 720, 860, 1100] {
            let crossed = crossings(&lay_out(&diagram, width));
            assert!(crossed.is_empty(), "{name} at {width} px: {crossed:?}");
        }
    }
}

#[test]
fn each_step_has_a_band_and_the_future_begins_below_it() {
    let layout = lay_out(&crashes(), 720);
    assert_eq!(layout.bands.len(), crashes().sentences.len());
    let band = layout.band(3).copied().expect("there are more than 3 steps");
    assert_eq!(layout.horizon(3), band.top + band.height);
    // Before the first step the whole run is in view.
    assert_eq!(layout.horizon(0), layout.body.height);
    assert_eq!(layout.band(0), None);
    let last = layout.bands.last().expect("there are steps").step;
    assert_eq!(layout.horizon(last), layout.body.height);
}

#[test]
fn the_mock_up_as_a_golden_document() {
    let svg = document(&lay_out(&ack_lost(), 720), Some(8), Theme::Light);
    expect_test::expect_file!["../../../tests/golden/svg/sample-ack-lost.svg"].assert_eq(&svg);
    let svg = document(&lay_out(&crashes(), 390), None, Theme::Dark);
    expect_test::expect_file!["../../../tests/golden/svg/sample-crashes.svg"].assert_eq(&svg);
}

#[test]
fn a_document_is_self_contained() {
    for theme in [Theme::Light, Theme::Dark, Theme::Auto] {
        let svg = document(&lay_out(&long_words(), 320), Some(2), theme);
        for word in ["style=\"", "<script", "href", "url(", " id=\""] {
            assert!(!svg.contains(word), "{word}");
        }
        assert!(svg.contains("&lt;escaped&gt; &amp;"));
    }
}

/// Writes samples for visual inspection: `cargo test --lib diagram -- --ignored render`, with
/// `SAMPLES` set to a directory.
#[test]
#[ignore = "writes files to look at"]
fn render_samples() {
    let Ok(dir) = std::env::var("SAMPLES") else { return };
    for (name, diagram) in all() {
        for width in [320, 390, 720, 1100] {
            let layout = lay_out(&diagram, width);
            let middle = u16::try_from(layout.bands.len() * 3 / 5).ok();
            for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
                for (current, tense) in [(None, "all"), (middle, "mid")] {
                    let path = format!("{dir}/{name}-{width}-{word}-{tense}.svg");
                    std::fs::write(path, document(&layout, current, theme))
                        .expect("the directory can be written to");
                }
            }
        }
    }
}

/// Prints timings: `cargo test --release --lib diagram -- --ignored --nocapture speed`.
#[test]
#[ignore = "measures time"]
fn speed() {
    for n in [10, 200, 1000] {
        let diagram = many(n);
        let start = std::time::Instant::now();
        let layout = lay_out(&diagram, 860);
        let laid_out = start.elapsed();
        let svg = document(&layout, None, Theme::Light);
        let (all, bytes) = (start.elapsed(), svg.len());
        println!("{n} messages: layout {laid_out:?}, with svg {all:?}, {bytes} bytes");
    }
}
