//! Intermediate representation of a sequence diagram, before layout: lifelines, and rows in order
//! of time.
//!
//! The layout turns this into a picture. Nothing here depends on widths, colors or the world.

/// A sequence diagram without geometry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Lifelines, left to right.
    pub lifelines: Vec<Lifeline>,
    /// Rows, top to bottom; rows of one step are adjacent, and steps ascend.
    pub rows: Vec<Row>,
    /// A sentence for each step that has one; index 0 is step 1. Shown in the frame of the current
    /// step.
    pub sentences: Vec<String>,
}

impl Diagram {
    /// Returns the diagram up to and including a step. Messages that arrive later are in flight at
    /// its end.
    #[must_use]
    pub fn until(&self, step: u16) -> Diagram {
        let rows = self.rows.iter().filter(|row| row.step <= step).cloned().collect();
        let sentences = self.sentences.iter().take(step.into()).cloned().collect();
        Diagram { lifelines: self.lifelines.clone(), rows, sentences }
    }
}

/// A participant and its lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifeline {
    /// The participant's name: "Producer", "Broker".
    pub name: String,
    /// A second, less prominent line in the header: "log · acks=all". May be empty.
    pub detail: String,
}

/// One event in the diagram, at one point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The step it belongs to, counted from 1.
    pub step: u16,
    /// The message it concerns, counted from 0: determines color and shape.
    pub msg: Option<u8>,
    /// The content of the row.
    pub item: Item,
}

/// Identifies an arrow across its start row and its end row; unique within a diagram.
pub type ArrowId = u16;

/// Index into [`Diagram::lifelines`].
pub type At = u8;

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A message is sent. Its arrow ends at the [`Item::Arrive`] or [`Item::Lose`] row with the
    /// same id; several arrows may be in flight at once. An arrow without an end is still in flight
    /// at the last row.
    Send { arrow: ArrowId, from: At, to: At, label: String, detail: String, stroke: Stroke },
    /// The arrow reaches its lifeline.
    Arrive { arrow: ArrowId },
    /// A lost message: the arrow stops halfway at a ✕.
    Lose { arrow: ArrowId, label: String },
    /// A synchronous call: an arrow that starts and ends in this row.
    Call { from: At, to: At, label: String, detail: String, stroke: Stroke },
    /// A note beside a lifeline: an icon and a label.
    Mark { at: At, icon: Icon, label: String, detail: String, tone: Tone },
    /// The effect on a store, as a pill with its running count: "m1 ×2".
    Stamp { at: At, label: String, tone: Tone },
    /// The participant crashes: its lifeline is interrupted until the restart.
    Crash { at: At, label: String },
    /// The participant restarts: its lifeline continues.
    Restart { at: At, label: String },
    /// An activation bar begins (takes no height).
    Begin { at: At },
    /// An activation bar ends (takes no height). A crash ends it, too.
    End { at: At },
}

/// The line style of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A request or a delivery.
    Solid,
    /// A reply: an acknowledgment or a response.
    Dashed,
}

/// The icon of an [`Item::Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Stored in memory only: a chip, outlined.
    Memory,
    /// Stored on disk: a cylinder, filled.
    Disk,
    /// Stored on another replica, too: two stacked cylinders.
    Replicated,
    /// A timer expired: a clock.
    Clock,
    /// Success: a check mark.
    Check,
    /// An error was reported: a cross.
    Cross,
    /// Back in the queue: a circular arrow.
    Requeue,
    /// Moved to the dead-letter queue: a tray.
    DeadLetter,
    /// Any other note: a dot.
    Note,
}

/// The severity of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}

impl Tone {
    /// Returns the name of its CSS class.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}
