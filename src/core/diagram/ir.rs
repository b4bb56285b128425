//! What a sequence diagram says, before anything has a place: lifelines, and rows in time.
//!
//! The layout turns this into a picture. Nothing here knows widths, colours or the world.

/// A sequence diagram without geometry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Left to right.
    pub lifelines: Vec<Lifeline>,
    /// Top to bottom; rows of one step are adjacent, steps ascend.
    pub rows: Vec<Row>,
    /// A sentence for each step that has one; index 0 is step 1. Shown in the frame of the
    /// current step.
    pub sentences: Vec<String>,
}

/// One party and the line of its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifeline {
    /// "Producer", "Broker".
    pub name: String,
    /// A second, quieter line in the header: "log · acks=all". May be empty.
    pub detail: String,
}

/// Something that happens at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The step it belongs to, counted from 1.
    pub step: u16,
    /// The message it concerns, counted from 0: gives colour and shape.
    pub msg: Option<u8>,
    /// What happens.
    pub item: Item,
}

/// Names an arrow between its start row and its end row; unique in a diagram.
pub type ArrowId = u16;

/// Index into [`Diagram::lifelines`].
pub type At = u8;

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A message leaves. Its arrow ends at the row that arrives, loses or outlives it; several
    /// arrows may be in flight at once. One without an end is still in flight at the last row.
    Send { arrow: ArrowId, from: At, to: At, label: String, detail: String, stroke: Stroke },
    /// The arrow reaches its lifeline.
    Arrive { arrow: ArrowId },
    /// The arrow stops half-way at a ✕.
    Lose { arrow: ArrowId, label: String },
    /// A call that is over within its row: an arrow that starts and ends here.
    Call { from: At, to: At, label: String, detail: String, stroke: Stroke },
    /// A small picture beside a lifeline, with words.
    Mark { at: At, icon: Icon, label: String, detail: String, tone: Tone },
    /// The effect on a store, as a pill with its running count: "m1 ×2".
    Stamp { at: At, label: String, tone: Tone },
    /// The lifeline breaks here until its restart.
    Crash { at: At, label: String },
    /// The lifeline goes on.
    Restart { at: At, label: String },
    /// An activation bar begins (takes no height).
    Begin { at: At },
    /// It ends (takes no height). A crash ends it too.
    End { at: At },
}

/// How an arrow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A request or a delivery.
    Solid,
    /// An answer: an acknowledgement, a response.
    Dashed,
}

/// The small picture of a [`Item::Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// In memory only: a hollow chip.
    Memory,
    /// On disk: a filled cylinder.
    Disk,
    /// On another replica too: two stacked cylinders.
    Replicated,
    /// A timer ran out: a clock.
    Clock,
    /// All is well.
    Check,
    /// An error is reported.
    Cross,
    /// Back in the queue: an arrow that turns.
    Requeue,
    /// Parked in the dead-letter queue: a tray.
    DeadLetter,
    /// Anything else worth a word: a dot.
    Note,
}

/// Whether a thing is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}
