//! The web workers of the page (`www/worker.js`), one for each core at most: each answers one
//! question at a time, in the order in which they were asked.
//!
//! Replies that come while the page is being drawn wait until it is. Yew puts off what a drawing
//! leads to (opening a dialog, moving the focus) while there is more to draw: where an answer comes
//! sooner than the last one is drawn, it would be put off until all questions are answered.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gloo::utils::window;
use wasm_bindgen::{JsCast, JsValue};

use crate::protocol::{Answer, BROKE};
use crate::ui::web_worker::WebWorker;

/// Maximum number of workers.
const MOST: usize = 8;

/// What a worker sends.
pub enum Reply {
    /// An answer, or a part of it.
    Answer(String),
    /// The question is answered in full.
    Done,
}

type Listener = Rc<dyn Fn(Reply)>;

#[derive(Clone)]
pub struct WorkerPool(Rc<RefCell<Inner>>);

struct Inner {
    workers: Vec<PoolWorker>,
    queue: VecDeque<Task>,
    /// The page is being drawn.
    drawing: bool,
    /// Replies that wait until the page is drawn, with the numbers of their tasks.
    held: VecDeque<(u32, Listener, Reply)>,
    /// The number of the next task or worker.
    next: u32,
    /// A weak reference to itself, for callbacks.
    me: Weak<RefCell<Inner>>,
}

struct PoolWorker {
    number: u32,
    worker: WebWorker,
    /// The task that is being answered.
    task: Option<(u32, Listener)>,
}

struct Task {
    id: u32,
    question: String,
    listener: Listener,
}

impl WorkerPool {
    pub fn new() -> WorkerPool {
        WorkerPool(Rc::new_cyclic(|me| {
            RefCell::new(Inner {
                workers: Vec::new(),
                queue: VecDeque::new(),
                drawing: false,
                held: VecDeque::new(),
                next: 0,
                me: me.clone(),
            })
        }))
    }

    /// The number of questions that can be answered at the same time.
    pub fn size() -> usize {
        (window().navigator().hardware_concurrency() as usize).clamp(1, MOST)
    }

    /// Asks a question; `listener` gets the replies. Returns its number.
    pub fn ask(&self, question: String, listener: impl Fn(Reply) + 'static) -> u32 {
        let mut inner = self.0.borrow_mut();
        let id = inner.number();
        inner.queue.push_back(Task { id, question, listener: Rc::new(listener) });
        drop(inner);
        deal(&self.0);
        id
    }

    /// Drops a question. A search cannot be interrupted from within: its worker ends.
    pub fn cancel(&self, id: u32) {
        let mut inner = self.0.borrow_mut();
        inner.queue.retain(|task| task.id != id);
        inner.held.retain(|(task, ..)| *task != id);
        let is_on_it = |worker: &PoolWorker| worker.task.as_ref().is_some_and(|(at, _)| *at == id);
        inner.workers.retain(|worker| !is_on_it(worker));
        drop(inner);
        deal(&self.0);
    }

    /// Holds the replies back from now on: the page is about to be drawn.
    pub fn hold(&self) {
        self.0.borrow_mut().drawing = true;
    }

    /// Passes on the replies that were held back: the page is drawn.
    pub fn release(&self) {
        self.0.borrow_mut().drawing = false;
        loop {
            // A listener may cancel another one's question.
            let held = self.0.borrow_mut().held.pop_front();
            let Some((_, listener, reply)) = held else { return };
            listener(reply);
        }
    }
}

/// Passes a reply on to the listener of its task, or holds it back.
fn reply(pool: &Rc<RefCell<Inner>>, (id, listener): (u32, Listener), reply: Reply) {
    let mut inner = pool.borrow_mut();
    if inner.drawing {
        inner.held.push_back((id, listener, reply));
        return;
    }
    drop(inner);
    listener(reply);
}

/// Gives the waiting questions to idle workers, and starts workers that are missing.
fn deal(pool: &Rc<RefCell<Inner>>) {
    loop {
        let mut inner = pool.borrow_mut();
        let Some(Task { id, question, listener }) = inner.queue.pop_front() else {
            // One stays for the next question; the memory of a worker never shrinks.
            let mut idle = 0;
            inner.workers.retain(|worker| {
                idle += usize::from(worker.task.is_none());
                worker.task.is_some() || idle == 1
            });
            return;
        };
        let is_idle = |worker: &PoolWorker| worker.task.is_none();
        let at = match inner.workers.iter().position(is_idle) {
            Some(at) => Ok(at),
            None if inner.workers.len() < WorkerPool::size() => inner.start(),
            None => {
                inner.queue.push_front(Task { id, question, listener });
                return;
            }
        };
        let sent = at.and_then(|at| {
            let worker = &mut inner.workers[at];
            worker.worker.post(&question)?;
            worker.task = Some((id, Rc::clone(&listener)));
            Ok(())
        });
        drop(inner);
        if let Err(problem) = sent {
            let broke = Answer::Broke(reason(&problem)).text();
            reply(pool, (id, Rc::clone(&listener)), Reply::Answer(broke));
            reply(pool, (id, listener), Reply::Done);
        }
    }
}

impl Inner {
    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// Starts a worker and returns its index.
    fn start(&mut self) -> Result<usize, JsValue> {
        let number = self.number();
        let (answers, errors) = (self.me.clone(), self.me.clone());
        let answered = move |text: String| {
            if let Some(pool) = answers.upgrade() {
                answered(&pool, number, text);
            }
        };
        let broke = move |label: String| {
            if let Some(pool) = errors.upgrade() {
                broke(&pool, number, label);
            }
        };
        let worker = WebWorker::start(answered, broke)?;
        self.workers.push(PoolWorker { number, worker, task: None });
        Ok(self.workers.len() - 1)
    }
}

/// Passes on what a worker sent; an empty text ends its task.
fn answered(pool: &Rc<RefCell<Inner>>, number: u32, text: String) {
    let mut inner = pool.borrow_mut();
    let Some(worker) = inner.workers.iter_mut().find(|worker| worker.number == number) else {
        return;
    };
    // A program that has crashed cannot be used again.
    if text.starts_with(BROKE) {
        let label = match Answer::read(&text) {
            Answer::Broke(label) => label,
            _ => text,
        };
        drop(inner);
        return broke(pool, number, label);
    }
    let done = text.is_empty();
    let task = if done { worker.task.take() } else { worker.task.clone() };
    drop(inner);
    if let Some(task) = task {
        reply(pool, task, if done { Reply::Done } else { Reply::Answer(text) });
    }
    if done {
        deal(pool);
    }
}

/// Drops a worker that could not be loaded, or has crashed.
fn broke(pool: &Rc<RefCell<Inner>>, number: u32, label: String) {
    let mut inner = pool.borrow_mut();
    let at = inner.workers.iter().position(|worker| worker.number == number);
    let worker = at.map(|at| inner.workers.remove(at));
    drop(inner);
    if let Some(task) = worker.and_then(|worker| worker.task) {
        let label = if label.is_empty() { "its script could not be loaded" } else { &label };
        let broke = Answer::Broke(label.to_owned()).text();
        reply(pool, task.clone(), Reply::Answer(broke));
        reply(pool, task, Reply::Done);
    }
    deal(pool);
}

fn reason(problem: &JsValue) -> String {
    let error = problem.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    error.or_else(|| problem.as_string()).unwrap_or_else(|| "workers are refused here".to_owned())
}
