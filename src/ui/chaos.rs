//! Runs random simulations without blocking the page: in web workers, one for each CPU core, or in
//! time slices on the main thread if workers are unavailable.
//!
//! Runs are distributed in batches of some tens of milliseconds. Which worker takes which batch
//! does not affect the result.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::timers::callback::Timeout;
use gloo::utils::window;
use wasm_bindgen::JsValue;
use yew::Callback;

use crate::simulate::Stats;
use crate::ui::state::Msg;
use crate::ui::state::chaos::{Ask, Order};
use crate::ui::web_worker::WebWorker;
use deal::BatchQueue;
use work::{Answer, Request, Workload};

mod deal;
pub mod work;

/// Target duration of a worker's batch, in milliseconds.
const SLICE_MS: f64 = 60.0;
/// The same on the main thread, which has other work to do.
const HERE_MS: f64 = 8.0;
/// Interval between two progress reports, in milliseconds.
const TELL_MS: f64 = 200.0;
/// Maximum number of workers.
const MOST: usize = 8;

/// The runner of random simulations. It lives as long as the page.
pub struct Runner(Rc<RefCell<Inner>>);

struct Inner {
    send: Callback<Msg>,
    jobs: Vec<Job>,
    hands: Vec<WorkerHandle>,
    /// Workers are unavailable.
    alone: bool,
    /// The timer of the next batch on the main thread; dropping it cancels the batch.
    next: Option<Timeout>,
    /// A weak reference to itself, for callbacks.
    me: Weak<RefCell<Inner>>,
}

/// A plan that is being run.
struct Job {
    id: u32,
    /// The configuration and the plan, serialized for a worker.
    what: String,
    deal: BatchQueue,
    tally: Stats,
    held: bool,
    /// When the job was last resumed, and the time it had taken until then.
    since: f64,
    spent: f64,
    told: f64,
}

/// A web worker, with the batch assigned to it.
struct WorkerHandle {
    number: u32,
    worker: WebWorker,
    /// The batch being run: the job, the range of runs, and the start time.
    busy: Option<(u32, std::ops::Range<u64>, f64)>,
    /// The worker has answered before, so it was able to load the program.
    able: bool,
}

impl Runner {
    pub fn new(send: &Callback<Msg>) -> Runner {
        Runner(Rc::new_cyclic(|me| {
            let (send, me) = (send.clone(), me.clone());
            let (jobs, hands) = (Vec::new(), Vec::new());
            RefCell::new(Inner { send, jobs, hands, alone: false, next: None, me })
        }))
    }

    pub fn obey(&self, order: Order) {
        let mut inner = self.0.borrow_mut();
        match order {
            Order::Begin { job, scenario, plan } => {
                let deal = BatchQueue::new(plan.runs);
                let tally = Stats::new(plan.messages);
                let what = Workload { scenario: (*scenario).clone(), plan }.text();
                let since = now();
                let job =
                    Job { id: job, what, deal, tally, held: false, since, spent: 0.0, told: since };
                inner.jobs.push(job);
                inner.spawn_workers();
            }
            Order::Hold(id) => inner.with(id, |job| {
                job.spent = job.millis();
                job.held = true;
            }),
            Order::Go(id) => inner.with(id, |job| {
                job.held = false;
                job.since = now();
            }),
            Order::Stop(id) => inner.with(id, |job| job.deal.stop()),
            Order::Leave => {
                // Busy workers would only compute results that nobody needs.
                (inner.jobs, inner.next) = (Vec::new(), None);
                inner.hands.retain(|hand| hand.busy.is_none());
            }
        }
        inner.deal();
    }
}

impl Job {
    fn millis(&self) -> f64 {
        if self.held { self.spent } else { self.spent + now() - self.since }
    }
}

impl Inner {
    fn with(&mut self, id: u32, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) {
            change(job);
        }
        self.tell(id, true);
    }

    /// Starts the missing workers.
    fn spawn_workers(&mut self) {
        let cores = window().navigator().hardware_concurrency();
        let wanted = (cores as usize).clamp(1, MOST);
        while !self.alone && self.hands.len() < wanted {
            let number = self.hands.iter().map(|hand| hand.number + 1).max().unwrap_or(0);
            match WorkerHandle::new(number, &self.me) {
                Ok(hand) => self.hands.push(hand),
                Err(_) => self.alone = self.hands.is_empty(),
            }
            if self.hands.is_empty() {
                return;
            }
        }
    }

    /// Assigns batches to idle workers while there are any.
    fn deal(&mut self) {
        for hand in self.hands.iter_mut().filter(|hand| hand.busy.is_none()) {
            // The latest job goes first: it may be a short test beside a long plan.
            let wanting = |job: &&mut Job| !job.held && job.deal.more();
            let Some(job) = self.jobs.iter_mut().rev().find(wanting) else { break };
            let Some(runs) = job.deal.next(SLICE_MS) else { break };
            let text = Request::text(job.id, &runs, &job.what);
            if hand.worker.post(&text).is_ok() {
                hand.busy = Some((job.id, runs, now()));
            } else {
                job.deal.back(runs);
            }
        }
        if self.alone && self.next.is_none() && self.jobs.iter().any(|j| !j.held && j.deal.more()) {
            let me = self.me.clone();
            self.next = Some(Timeout::new(0, move || {
                if let Some(inner) = me.upgrade() {
                    inner.borrow_mut().here();
                }
            }));
        }
    }

    /// Runs a batch on the main thread.
    fn here(&mut self) {
        self.next = None;
        let wanting = |job: &&mut Job| !job.held && job.deal.more();
        if let Some(job) = self.jobs.iter_mut().rev().find(wanting)
            && let Some(runs) = job.deal.next(HERE_MS)
        {
            let begun = now();
            let answer = work::work(&Request::text(job.id, &runs, &job.what));
            let id = job.id;
            self.came(id, runs, begun, &answer);
        }
        self.deal();
    }

    /// Handles a worker's answer.
    fn answered(&mut self, number: u32, text: &str) {
        let Some(hand) = self.hands.iter_mut().find(|hand| hand.number == number) else { return };
        let Some((id, runs, begun)) = hand.busy.take() else { return };
        match Answer::read(text) {
            // The worker failed to load the program.
            Answer::Failed(_) if !hand.able => self.lost(number, id, runs),
            Answer::Failed(problem) => {
                self.hands.retain(|hand| hand.number != number);
                self.fail(id, problem);
            }
            _ => {
                hand.able = true;
                self.came(id, runs, begun, text);
            }
        }
        self.deal();
    }

    /// Handles a worker that failed to load, or crashed.
    fn broke(&mut self, number: u32, label: String) {
        let Some(hand) = self.hands.iter_mut().find(|hand| hand.number == number) else { return };
        let able = hand.able;
        match hand.busy.take() {
            Some((id, _, _)) if able => {
                self.hands.retain(|hand| hand.number != number);
                self.fail(id, label);
            }
            Some((id, runs, _)) => self.lost(number, id, runs),
            None => self.hands.retain(|hand| hand.number != number),
        }
        self.deal();
    }

    /// Returns the batch of a worker that never worked to the queue, for other workers or the main
    /// thread.
    fn lost(&mut self, number: u32, id: u32, runs: std::ops::Range<u64>) {
        self.hands.retain(|hand| hand.number != number);
        self.alone = self.hands.is_empty();
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) {
            job.deal.back(runs);
        }
    }

    fn came(&mut self, id: u32, runs: std::ops::Range<u64>, begun: f64, text: &str) {
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else { return };
        match Answer::read(text) {
            Answer::Stats(tally) => {
                job.tally.join(&tally);
                job.deal.done(runs, now() - begun);
                self.tell(id, false);
            }
            Answer::Wrong(problem) | Answer::Failed(problem) => self.fail(id, problem),
        }
    }

    /// Reports progress if the job is over or the interval has passed.
    fn tell(&mut self, id: u32, now_at_once: bool) {
        let Some(at) = self.jobs.iter().position(|job| job.id == id) else { return };
        let job = &mut self.jobs[at];
        let over = job.deal.over();
        if !over && !now_at_once && now() - job.told < TELL_MS {
            return;
        }
        job.told = now();
        let millis = job.millis() as u32;
        let came = Ask::Came { job: id, tally: Rc::new(job.tally.clone()), millis, over };
        self.send.emit(Msg::Chaos(came));
        if over {
            self.jobs.remove(at);
        }
    }

    fn fail(&mut self, id: u32, problem: String) {
        self.jobs.retain(|job| job.id != id);
        self.send.emit(Msg::Chaos(Ask::Failed { job: id, problem }));
    }
}

impl WorkerHandle {
    fn new(number: u32, inner: &Weak<RefCell<Inner>>) -> Result<WorkerHandle, JsValue> {
        let (answers, errors) = (inner.clone(), inner.clone());
        let answered = move |text: String| {
            if let Some(inner) = answers.upgrade() {
                inner.borrow_mut().answered(number, &text);
            }
        };
        let broke = move |label: String| {
            if let Some(inner) = errors.upgrade() {
                inner.borrow_mut().broke(number, label);
            }
        };
        let worker = WebWorker::start("data-worker", answered, broke)?;
        Ok(WorkerHandle { number, worker, busy: None, able: false })
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
