//! Mounts the page; nothing else lives here.

fn main() {
    ackward::ui::mount();
}
