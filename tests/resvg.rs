//! Renders the exported diagrams with a program other than a browser: resvg, which supports neither
//! CSS variables nor scripts, like most programs that display SVG.

use std::cell::RefCell;

use ackward::catalogue;
use ackward::diagram::layout::lay_out;
use ackward::diagram::mermaid::mermaid;
use ackward::diagram::plantuml::plantuml;
use ackward::diagram::svg::{Theme, document, titled};
use ackward::present;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The width of the page's exports.
const WIDTH: u32 = 980;

thread_local! {
    /// The warnings of resvg: it skips what it does not support, with a warning.
    static COMPLAINTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Ear;

impl log::Log for Ear {
    fn enabled(&self, metadata: &log::Metadata) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record) {
        if self.enabled(record.metadata()) {
            COMPLAINTS.with_borrow_mut(|complaints| complaints.push(record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// Returns options with a font of the machine, under the last font name in the diagrams.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    let sans = fonts.faces().find(|face| face.families[0].0.contains("Sans"));
    let sans = sans.expect("the machine has a font without serifs").families[0].0.clone();
    fonts.set_sans_serif_family(sans);
    options
}

fn picture(svg: &str, options: &Options) -> Pixmap {
    let tree = Tree::from_str(svg, options).expect("it is SVG");
    let size = tree.size().to_int_size();
    let mut picture = Pixmap::new(size.width(), size.height()).expect("it has a size");
    resvg::render(&tree, Transform::default(), &mut picture.as_mut());
    picture
}

/// Counts the pixels with exactly this color.
fn count(picture: &Pixmap, colour: [u8; 3]) -> usize {
    let is = |pixel: &&resvg::tiny_skia::PremultipliedColorU8| {
        [pixel.red(), pixel.green(), pixel.blue()] == colour && pixel.alpha() == 255
    };
    picture.pixels().iter().filter(is).count()
}

/// Renders the scenario in both themes and checks the result.
fn draw(id: &str, options: &Options) {
    // The background, the text, and the color of the first message; see `www/diagram.css`.
    let light = (Theme::Light, [[0xf6, 0xf7, 0xf9], [0x1b, 0x22, 0x30], [0x24, 0x57, 0xd6]]);
    let dark = (Theme::Dark, [[0x0f, 0x12, 0x18], [0xe6, 0xe9, 0xef], [0x7a, 0xa2, 0xff]]);
    let story = catalogue::run_view(id).expect("the catalogue tells its scenarios");
    let layout = lay_out(&story.diagram, WIDTH);
    for (theme, [paper, ink, message]) in [light, dark] {
        let picture = picture(&document(&layout, Some(5), theme), options);
        if let Ok(folder) = std::env::var("SAMPLES") {
            let path = format!("{folder}/{id}-{theme:?}.png");
            picture.save_png(path).expect("the directory can be written to");
        }
        let all = picture.pixels().len();
        assert!(count(&picture, paper) > all / 2, "{id} {theme:?}: no paper");
        assert!(count(&picture, ink) > 200, "{id} {theme:?}: no text");
        assert!(count(&picture, message) > 100, "{id} {theme:?}: no arrows");
        assert_eq!(COMPLAINTS.take(), [""; 0], "{id} {theme:?}");
    }
}

/// Set `SAMPLES` to a directory to save the pictures.
#[test]
fn every_drawing_is_read_whole_by_another_program() {
    log::set_logger(&Ear).expect("there is no other");
    log::set_max_level(log::LevelFilter::Warn);
    let options = options();
    let ids: Vec<&str> = catalogue::scenarios().iter().map(|s| s.id.as_str()).collect();
    std::thread::scope(|scope| {
        for part in ids.chunks(ids.len().div_ceil(2)) {
            let options = &options;
            scope.spawn(move || part.iter().for_each(|id| draw(id, options)));
        }
    });
}

/// Returns true if the production `Char` of XML 1.0 allows the character.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A user's texts may contain any character, including those that no XML document may contain.
#[test]
fn a_scenario_with_any_characters_makes_documents_that_can_be_read() {
    let any: Vec<char> = ('\0'..=char::MAX).filter(|&c| !allowed(c) || c.is_control()).collect();
    // Each is shown escaped, so a title has room for only some of them.
    for some in any.chunks(25) {
        documents_can_be_read(&String::from_iter(some));
    }
}

fn documents_can_be_read(any: &str) {
    let mut scenario = catalogue::scenario("ack-lost").expect("the catalogue has it").clone();
    scenario.narrative.title = format!("Title {any}");
    scenario.narrative.takeaway += any;
    for note in &mut scenario.narrative.notes {
        note.say += any;
    }
    let story = present::tell(&scenario).expect("only its words are different");
    let svg = titled(&story.title, &lay_out(&story.diagram, WIDTH), Theme::Auto);
    Tree::from_str(&svg, &Options::default()).expect("it is XML");
    for text in [
        present::slides(&story, Theme::Auto),
        mermaid(&story.diagram, &story.title),
        plantuml(&story.diagram, &story.title),
        svg,
    ] {
        let wrong: Vec<char> = text.chars().filter(|&c| !allowed(c)).collect();
        assert_eq!(wrong, [], "{text}");
    }
}
