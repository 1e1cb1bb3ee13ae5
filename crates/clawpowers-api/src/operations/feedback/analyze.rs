//! Says which skills work and which got worse.

mod recommendation;

pub use recommendation::{NoteCount, Recommendation, SessionCount, VersionCount};

use crate::analysis::{Dated, History, Period, counted, histories, histories_of};
use crate::evidence;
use crate::operations::feedback::detect::RateOut;
use crate::runtime::Runtime;
use crate::text::number_of;
use crate::wire::error::{ApiError, ErrorCode};
use crate::wire::execution::FiguresOut;
use clawpowers_executor::histogram::middle;
use clawpowers_executor::ledger::{Counted, Figures, ModelCount};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::{MIN_EXECUTIONS, Tier};
use clawpowers_loader::diag::{nearest, quoted};
use recommendation::recommended;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many weeks are shown.
const WEEKS: i64 = 12;
/// Of how many of a skill's last executions the models are counted.
const LAST_WITH_MODELS: usize = 100;
/// Of how many skills the notes are looked at: the most pressing ones.
const MOST_WITH_EVIDENCE: usize = 10;
/// A change still holds while chance would give its difference less often than this.
const HOLDS: f64 = 0.01;
/// Below so many executions a rate is not judged.
const MIN_JUDGED: u64 = 10;

/// Which skills.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Only this one.
    #[serde(default)]
    pub skill: Option<String>,
    /// Only executions at this time or later: a time, a date, or how long ago (`7d`).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub since: Option<String>,
    /// Only executions before this time; what is said is then as of that time, not as of now.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("x-accepts" = "time")))]
    pub until: Option<String>,
    /// Count the models of each skill's last 100 executions.
    #[serde(default)]
    pub models: bool,
}

/// What is known of the skills.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// As of when this is, in RFC 3339: the end of the period that was asked for, else now.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub as_of: String,
    /// The start of the period that was asked for.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: Option<String>,
    /// Of all together.
    pub all: FiguresOut,
    /// Of each skill, in the order of their names.
    pub skills: Vec<SkillReport>,
    /// What to do, the most pressing first.
    pub recommendations: Vec<Recommendation>,
}

/// What is known of one skill.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkillReport {
    /// The skill.
    pub skill: String,
    /// Its figures.
    pub figures: FiguresOut,
    /// The success rate of all executions; skipped and open ones do not count.
    pub rate: RateOut,
    /// The success rate since the last change.
    pub recent: RateOut,
    /// `good`, `moderate`, `low` or `unsure`, by the interval of the recent rate; `unsure` below ten executions as well.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["good", "moderate", "low", "unsure"])))]
    pub tier: &'static str,
    /// US dollars for each success, where costs are known.
    pub cost_per_success: Option<f64>,
    /// Tokens for each success, where they are known.
    pub tokens_per_success: Option<f64>,
    /// The changes of its rate, the oldest first.
    pub changes: Vec<ChangeReport>,
    /// The twelve calendar weeks up to that of `as_of`, the oldest first.
    pub weeks: Vec<Week>,
    /// How many whole days before `as_of` its last execution was; null where none has ended.
    pub idle_days: Option<i64>,
    /// Whether none was in the twelve weeks.
    pub idle: bool,
    /// The models of its last 100 executions, the most used first, where they were asked for.
    pub models: Vec<ModelOut>,
    /// How many executions took how long, by doublings; those between without one are left out.
    pub durations: Vec<Bin>,
    /// What is missing for a judgement, if it is.
    pub missing: Option<String>,
}

/// A model and how its executions of a skill ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelOut {
    /// The model.
    pub model: String,
    /// With success.
    pub success: u64,
    /// All that count for a rate.
    pub total: u64,
}

/// Executions whose duration lies in a range.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bin {
    /// The lower end, in seconds.
    pub from: f64,
    /// The upper end, in seconds.
    pub to: f64,
    /// How many there are.
    pub count: u64,
}

/// A change of a skill's rate.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeReport {
    /// `drop` or `rise`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["drop", "rise"])))]
    pub direction: &'static str,
    /// The time of the first execution of the new rate, in RFC 3339.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: String,
    /// How many executions ago that was.
    pub runs_ago: u64,
    /// The rate before.
    pub before: RateOut,
    /// The rate from then on, up to the next change.
    pub after: RateOut,
    /// Whether that still differs from the rate before (p below 0.01).
    pub holds: bool,
}

/// What ended in one week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Week {
    /// Its first day, a Monday, in UTC.
    pub start: String,
    /// Successes.
    pub success: i64,
    /// Failures.
    pub failure: i64,
    /// Successes in part.
    pub partial: i64,
    /// Skipped.
    pub skipped: i64,
}

/// Analyses the executions. Of what was analysed before, only what is new is looked at.
///
/// # Errors
///
/// `not_found` for a skill that has no executions; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let now = Moment::now();
    let bound = |text: &Option<String>| {
        text.as_deref()
            .map(|text| Moment::parse_bound(text, now))
            .transpose()
    };
    let period = Period {
        since: bound(&request.since)?,
        until: bound(&request.until)?,
    };
    let as_of = period.until.unwrap_or(now);
    let found = runtime.read(|db| {
        let figures = db.ledger().figures(&period.filter(None))?;
        if let Some(skill) = &request.skill
            && !figures.iter().any(|one| one.skill == *skill)
        {
            return Err(unknown(skill, &figures));
        }
        let wanted = |one: &&Figures| request.skill.as_ref().is_none_or(|skill| one.skill == *skill);
        let figures: Vec<Figures> = figures.iter().filter(wanted).cloned().collect();
        let counts: Vec<(&str, u64)> = figures
            .iter()
            .map(|one| (one.skill.as_str(), counted(one).1))
            .collect();
        let histories = match period.is_all() {
            true => histories(db, &counts)?,
            false => {
                let names: Vec<&str> = figures.iter().map(|one| one.skill.as_str()).collect();
                histories_of(db, &names, period)?
            }
        };
        let last_week = monday(as_of.day());
        let days = match period.is_all() {
            true => {
                let first = last_week - 7 * (WEEKS - 1);
                db.ledger().days(request.skill.as_deref(), first)?
            }
            // The kept days hold what came before the period on its first day as well.
            false => days_of(db, &figures, period)?,
        };
        let mut by_skill: BTreeMap<&str, Vec<&Counted>> = BTreeMap::new();
        for day in &days {
            by_skill.entry(&day.skill).or_default().push(day);
        }
        let mut skills = Vec::new();
        let mut all = Figures::default();
        for (one, history) in figures.iter().zip(&histories) {
            all.merge(one);
            let days = by_skill
                .get(one.skill.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            let mut skill = report(one, history, days, as_of);
            if request.models {
                let found = db
                    .ledger()
                    .models(&one.skill, period.since, period.until, LAST_WITH_MODELS)?;
                skill.models = found.into_iter().map(ModelOut::from).collect();
            }
            skills.push(skill);
        }
        let mut recommendations = Vec::new();
        recommendations.extend(skills.iter().filter_map(recommended));
        let order = |kind: &str| {
            ["worse", "low", "better", "more"]
                .iter()
                .position(|known| *known == kind)
        };
        let idle: BTreeSet<&str> = skills
            .iter()
            .filter(|skill| skill.idle)
            .map(|skill| skill.skill.as_str())
            .collect();
        // What is not used any more is the least pressing.
        recommendations
            .sort_by_key(|one: &Recommendation| (idle.contains(one.skill.as_str()), order(one.kind)));
        let failing = recommendations
            .iter_mut()
            .filter(|one| matches!(one.kind, "worse" | "low"));
        for one in failing.take(MOST_WITH_EVIDENCE) {
            one.notes = evidence::common_notes(db, &one.skill, period)?;
            let clusters = evidence::clusters(db, &one.skill, period)?;
            (one.session, one.failing_version) = (clusters.session, clusters.version);
            if let Some(since) = one.since.as_deref().map(Moment::parse).transpose()? {
                one.version = evidence::new_version(db, &one.skill, since, period)?;
            }
        }
        Ok(Response {
            as_of: as_of.to_string(),
            since: period.since.map(|since| since.to_string()),
            all: FiguresOut::from(&all),
            skills,
            recommendations,
        })
    })?;
    match (found, &request.skill) {
        (Some(found), _) => Ok(found),
        (None, Some(skill)) => Err(unknown(skill, &[])),
        (None, None) => Ok(Response {
            as_of: as_of.to_string(),
            since: period.since.map(|since| since.to_string()),
            all: FiguresOut::from(&Figures::default()),
            skills: Vec::new(),
            recommendations: Vec::new(),
        }),
    }
}

pub(super) fn unknown(skill: &str, figures: &[Figures]) -> ApiError {
    let names = figures.iter().map(|one| one.skill.as_str());
    let hint = match nearest(skill, names) {
        Some(near) => format!("did you mean {}?", quoted(near)),
        None => "record one with `clawpowers metrics record --skill NAME --outcome success`".to_owned(),
    };
    ApiError::new(
        ErrorCode::NotFound,
        format!("there are no executions of the skill {}", quoted(skill)),
    )
    .hint(hint)
}

/// Returns what ended on each day of a period.
fn days_of(db: &mut Db, figures: &[Figures], period: Period) -> Result<Vec<Counted>, ApiError> {
    let mut found = Vec::new();
    for one in figures {
        let mut days: BTreeMap<i64, [i64; 4]> = BTreeMap::new();
        period.outcomes(db, &one.skill, |at, _, outcome| {
            let sums = days.entry(at.day()).or_default();
            for (sum, known) in sums.iter_mut().zip(Outcome::ALL) {
                *sum += i64::from(known == outcome);
            }
        })?;
        found.extend(days.into_iter().map(|(day, outcomes)| Counted {
            skill: one.skill.clone(),
            day,
            outcomes,
        }));
    }
    Ok(found)
}

impl From<ModelCount> for ModelOut {
    fn from(found: ModelCount) -> Self {
        Self {
            model: found.model,
            success: found.success,
            total: found.total,
        }
    }
}

/// Returns the Monday on or before a day; 1970 began on a Thursday.
const fn monday(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

fn date(day: i64) -> String {
    Moment::of_day(day).to_string().chars().take(10).collect()
}

fn report(figures: &Figures, history: &History, days: &[&Counted], as_of: Moment) -> SkillReport {
    let (success, total) = counted(figures);
    let recent = RateOut::new(history.detector.segment());
    let interval = clawpowers_feedback::wilson(recent.success, recent.total);
    let per_success = |sum: f64, count: i64| (count > 0 && success > 0).then(|| sum / success as f64);
    let (metered, tokens_in, tokens_out) = figures.metered;
    let missing = if total < MIN_JUDGED {
        Some(format!(
            "{} until its rate is judged",
            number_of(MIN_JUDGED - total, "more execution")
        ))
    } else if recent.total < MIN_EXECUTIONS && history.changes.is_empty() {
        Some(format!(
            "{} until a change can be told",
            number_of(MIN_EXECUTIONS - recent.total, "more execution")
        ))
    } else {
        None
    };
    let last_day = figures.period.map(|(_, last)| last.day());
    let first_week = monday(as_of.day()) - 7 * (WEEKS - 1);
    let change = |(index, change): (usize, &Dated)| {
        // What followed a change is what was before the next one.
        let since = history
            .changes
            .get(index + 1)
            .map_or_else(|| history.detector.segment(), |next| next.before);
        let compared = clawpowers_feedback::compare(change.before, since);
        ChangeReport {
            direction: if change.drop { "drop" } else { "rise" },
            since: Moment::from_micros(change.since).to_string(),
            runs_ago: history.detector.seen() - change.at,
            before: RateOut::new(change.before),
            after: RateOut::new(since),
            holds: compared.is_some_and(|one| one.p_value < HOLDS && (one.difference < 0.0) == change.drop),
        }
    };
    SkillReport {
        skill: figures.skill.clone(),
        figures: FiguresOut::from(figures),
        rate: RateOut::new((success, total)),
        tier: match total < MIN_JUDGED {
            true => Tier::Unsure.as_str(),
            false => Tier::of(interval).as_str(),
        },
        recent,
        cost_per_success: per_success(figures.priced.1 as f64 / 1e9, figures.priced.0),
        tokens_per_success: per_success(tokens_in as f64 + tokens_out as f64, metered),
        changes: history.changes.iter().enumerate().map(change).collect(),
        weeks: weeks(as_of, days),
        // A clock that ran ahead makes no skill idle.
        idle_days: last_day.map(|day| (as_of.day() - day).max(0)),
        idle: last_day.is_some_and(|day| day < first_week),
        models: Vec::new(),
        durations: bins(figures),
        missing,
    }
}

fn weeks(as_of: Moment, days: &[&Counted]) -> Vec<Week> {
    let last = monday(as_of.day());
    let week = |number: i64| {
        let start = last - 7 * (WEEKS - 1 - number);
        let mut sums = [0; 4];
        for day in days.iter().filter(|day| (start..start + 7).contains(&day.day)) {
            for (sum, count) in sums.iter_mut().zip(day.outcomes) {
                *sum += count;
            }
        }
        let [success, failure, partial, skipped] = sums;
        Week {
            start: date(start),
            success,
            failure,
            partial,
            skipped,
        }
    };
    (0..WEEKS).map(week).collect()
}

/// Returns the durations by doublings of a microsecond.
fn bins(figures: &Figures) -> Vec<Bin> {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for (bucket, count) in &figures.durations {
        let doubling = middle(*bucket).max(1).ilog2();
        *counts.entry(doubling).or_default() += count;
    }
    let bin = |(doubling, count): (u32, u64)| {
        let from = (1_u64 << doubling.min(62)) as f64 / 1e6;
        Bin {
            from,
            to: from * 2.0,
            count,
        }
    };
    counts.into_iter().map(bin).collect()
}
