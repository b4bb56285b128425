//! Runs random simulations in the workers of the page.
//!
//! Runs are distributed in batches of some tens of milliseconds. Which worker takes which batch
//! does not affect the result.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::{Rc, Weak};

use gloo::utils::window;
use yew::Callback;

use crate::protocol::{Answer, Batch, Question};
use crate::sim::Scenario;
use crate::simulate::{Plan, Stats};
use crate::ui::state::Msg;
use crate::ui::state::chaos::{Ask, Order};
use crate::ui::worker_pool::{Reply, WorkerPool};
use deal::BatchQueue;

mod deal;

/// Target duration of a batch, in milliseconds.
const SLICE_MS: f64 = 60.0;
/// Interval between two progress reports, in milliseconds.
const TELL_MS: f64 = 200.0;

/// The runner of random simulations. It lives as long as the page.
pub struct Runner(Rc<RefCell<Inner>>);

struct Inner {
    send: Callback<Msg>,
    pool: WorkerPool,
    jobs: Vec<Job>,
    /// The number of batches in progress.
    busy: usize,
    /// A weak reference to itself, for callbacks.
    me: Weak<RefCell<Inner>>,
}

/// A plan that is being run.
struct Job {
    id: u32,
    scenario: Rc<Scenario>,
    plan: Plan,
    deal: BatchQueue,
    stats: Stats,
    held: bool,
    /// When the job was last resumed, and the time it had taken until then.
    since: f64,
    spent: f64,
    told: f64,
}

impl Runner {
    pub fn new(pool: &WorkerPool, send: &Callback<Msg>) -> Runner {
        Runner(Rc::new_cyclic(|me| {
            let (pool, send, me) = (pool.clone(), send.clone(), me.clone());
            RefCell::new(Inner { send, pool, jobs: Vec::new(), busy: 0, me })
        }))
    }

    pub fn obey(&self, order: Order) {
        let mut inner = self.0.borrow_mut();
        match order {
            Order::Begin { job, scenario, plan } => {
                let since = now();
                inner.jobs.push(Job {
                    id: job,
                    scenario,
                    deal: BatchQueue::new(plan.runs),
                    stats: Stats::new(plan.messages),
                    plan,
                    held: false,
                    since,
                    spent: 0.0,
                    told: since,
                });
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
            // Batches in progress end soon, and nobody counts them.
            Order::Leave => inner.jobs.clear(),
        }
        drop(inner);
        deal(&self.0);
    }
}

impl Job {
    fn millis(&self) -> f64 {
        if self.held { self.spent } else { self.spent + now() - self.since }
    }
}

/// Asks for batches while there are any, one for each worker.
fn deal(runner: &Rc<RefCell<Inner>>) {
    loop {
        let batch = next(&mut runner.borrow_mut());
        let Some((pool, id, runs, question)) = batch else { return };
        let (me, begun) = (runner.borrow().me.clone(), now());
        let answer = Rc::new(RefCell::new(None));
        pool.ask(question, move |reply| match reply {
            Reply::Answer(text) => drop(answer.replace(Some(Answer::read(&text)))),
            Reply::Done => {
                let Some(runner) = me.upgrade() else { return };
                let answer = answer.take();
                runner.borrow_mut().came(id, runs.clone(), begun, answer);
                deal(&runner);
            }
        });
    }
}

/// Returns the next batch: its job, its runs, and the question.
fn next(inner: &mut Inner) -> Option<(WorkerPool, u32, Range<u64>, String)> {
    if inner.busy >= WorkerPool::size() {
        return None;
    }
    // The latest job goes first: it may be a short test beside a long plan.
    let wanting = |job: &&mut Job| !job.held && job.deal.more();
    let job = inner.jobs.iter_mut().rev().find(wanting)?;
    let runs = job.deal.next(SLICE_MS)?;
    let question = Question::Runs(Batch {
        scenario: Box::new((*job.scenario).clone()),
        plan: job.plan.clone(),
        from: runs.start,
        to: runs.end,
    });
    inner.busy += 1;
    Some((inner.pool.clone(), job.id, runs, question.text()))
}

impl Inner {
    fn with(&mut self, id: u32, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) {
            change(job);
        }
        self.tell(id, true);
    }

    /// Counts the runs of a batch.
    fn came(&mut self, id: u32, runs: Range<u64>, begun: f64, answer: Option<Answer>) {
        self.busy -= 1;
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else { return };
        match answer {
            Some(Answer::Runs(stats)) => {
                job.stats.join(&stats);
                job.deal.done(runs, now() - begun);
                self.tell(id, false);
            }
            Some(Answer::Wrong(problem) | Answer::Broke(problem)) => self.fail(id, problem),
            _ => self.fail(id, "the worker sent no result".to_owned()),
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
        let came = Ask::Came { job: id, stats: Rc::new(job.stats.clone()), millis, over };
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

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
