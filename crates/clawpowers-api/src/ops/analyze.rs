//! Says which skills work and which got worse.

use crate::analysis::{Dated, History, counted, histories, histories_since};
use crate::error::{ApiError, ErrorCode};
use crate::evidence;
use crate::executions::FiguresOut;
use crate::ops::feedback_detect::RateOut;
use crate::runtime::Runtime;
use crate::text::number_of;
use clawpowers_executor::histogram::middle;
use clawpowers_executor::ledger::{Counted, Figures, Filter};
use clawpowers_executor::{Db, Moment, Outcome};
use clawpowers_feedback::{MIN_EXECUTIONS, Tier, surely_low};
use clawpowers_loader::diag::{nearest, quoted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many weeks are shown.
const WEEKS: i64 = 12;
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
}

/// What is known of the skills.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
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
    /// `good`, `moderate`, `low` or `unsure`, by the interval of the recent rate.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["good", "moderate", "low", "unsure"])))]
    pub tier: &'static str,
    /// US dollars for each success, where costs are known.
    pub cost_per_success: Option<f64>,
    /// Tokens for each success, where they are known.
    pub tokens_per_success: Option<f64>,
    /// The changes of its rate, the oldest first.
    pub changes: Vec<ChangeReport>,
    /// The last twelve weeks up to its last execution, the oldest first.
    pub weeks: Vec<Week>,
    /// How many executions took how long, by doublings; those between without one are left out.
    pub durations: Vec<Bin>,
    /// What is missing for a judgement, if it is.
    pub missing: Option<String>,
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

/// Something to do, with its evidence.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// The skill.
    pub skill: String,
    /// `worse`, `low`, `better` or `more`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["worse", "low", "better", "more"])))]
    pub kind: &'static str,
    /// `sure` or `unsure`. However often one looks, at most one of twenty skills that succeed in 60 % or more is ever surely
    /// `low`, and at most one of twenty steady ones is said to be `worse` or `better` within 200 executions, about one of
    /// ten in however many.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["sure", "unsure"])))]
    pub sure: &'static str,
    /// In words.
    pub text: String,
    /// The rate that it rests on.
    pub rate: RateOut,
    /// When the change was that it rests on, in RFC 3339.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub since: Option<String>,
    /// The words that the notes of its last failures have in common, the most common first.
    pub words: Vec<WordCount>,
    /// The session in which its last failures cluster, where there is one.
    pub session: Option<SessionCount>,
    /// The version in which its last failures cluster, where there is one.
    pub failing_version: Option<VersionCount>,
    /// The version, else the digest, that the skill had from the change on, where it had another one before.
    pub version: Option<String>,
}

/// A session and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionCount {
    /// The session.
    pub session: String,
    /// Its failures.
    pub failures: u64,
    /// Its executions.
    pub total: u64,
}

/// A version and how many of its executions failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VersionCount {
    /// The version.
    pub version: String,
    /// Its failures.
    pub failures: u64,
    /// Its executions.
    pub total: u64,
}

/// A word of notes and in how many of them it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WordCount {
    /// The word.
    pub word: String,
    /// How many notes hold it.
    pub notes: usize,
}

/// Analyses the executions. Of what was analysed before, only what is new is looked at.
///
/// # Errors
///
/// `not_found` for a skill that has no executions; `storage` where they cannot be read.
pub fn run(runtime: &Runtime, request: &Request) -> Result<Response, ApiError> {
    let since = request
        .since
        .as_deref()
        .map(|text| Moment::parse_bound(text, Moment::now()))
        .transpose()?;
    let found = runtime.read(|db| {
        let filter = Filter {
            since,
            ..Filter::default()
        };
        let figures = db.ledger().figures(&filter)?;
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
        let histories = match since {
            Some(since) => histories_since(
                db,
                &figures.iter().map(|one| one.skill.as_str()).collect::<Vec<_>>(),
                since,
            )?,
            None => histories(db, &counts)?,
        };
        let first = figures
            .iter()
            .filter_map(|one| Some(last_week(one)? - 7 * (WEEKS - 1)))
            .min();
        let days = match since {
            Some(since) => days_since(db, &figures, since)?,
            None => db
                .ledger()
                .days(request.skill.as_deref(), first.unwrap_or(i64::MAX))?,
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
            skills.push(report(one, history, days));
        }
        let mut recommendations = Vec::new();
        recommendations.extend(skills.iter().filter_map(recommended));
        let order = |kind: &str| {
            ["worse", "low", "better", "more"]
                .iter()
                .position(|known| *known == kind)
        };
        recommendations.sort_by_key(|one: &Recommendation| order(one.kind));
        let failing = recommendations
            .iter_mut()
            .filter(|one| matches!(one.kind, "worse" | "low"));
        for one in failing.take(MOST_WITH_EVIDENCE) {
            one.words = evidence::common_words(db, &one.skill, since)?;
            let clusters = evidence::clusters(db, &one.skill, since)?;
            (one.session, one.failing_version) = (clusters.session, clusters.version);
            if let Some(since) = one.since.as_deref().map(Moment::parse).transpose()? {
                one.version = evidence::new_version(db, &one.skill, since)?;
            }
        }
        Ok(Response {
            all: FiguresOut::from(&all),
            skills,
            recommendations,
        })
    })?;
    match (found, &request.skill) {
        (Some(found), _) => Ok(found),
        (None, Some(skill)) => Err(unknown(skill, &[])),
        (None, None) => Ok(Response {
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

/// Returns what ended on each day from a time on; the kept days hold what came before it on the first one as well.
fn days_since(db: &mut Db, figures: &[Figures], since: Moment) -> Result<Vec<Counted>, ApiError> {
    let before = Moment::from_micros(since.micros().saturating_sub(1));
    let mut found = Vec::new();
    for one in figures {
        let mut days: BTreeMap<i64, [i64; 4]> = BTreeMap::new();
        db.ledger()
            .outcomes(&one.skill, Some((before, i64::MAX)), |at, _, outcome| {
                let sums = days.entry(at.day()).or_default();
                for (sum, known) in sums.iter_mut().zip(Outcome::ALL) {
                    *sum += i64::from(known == outcome);
                }
                true
            })?;
        found.extend(days.into_iter().map(|(day, outcomes)| Counted {
            skill: one.skill.clone(),
            day,
            outcomes,
        }));
    }
    Ok(found)
}

/// Returns the Monday of the week of a skill's last execution, as a day counted from 1970. A clock that ran ahead does not
/// move it: what lies in the future counts only where there is nothing else.
fn last_week(figures: &Figures) -> Option<i64> {
    figures
        .period
        .map(|(first, last)| monday(last.min(Moment::now().max(first)).day()))
}

/// Returns the Monday on or before a day; 1970 began on a Thursday.
const fn monday(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

fn date(day: i64) -> String {
    Moment::of_day(day).to_string().chars().take(10).collect()
}

fn report(figures: &Figures, history: &History, days: &[&Counted]) -> SkillReport {
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
    } else if recent.total < MIN_EXECUTIONS {
        Some(format!(
            "{} until a change can be told",
            number_of(MIN_EXECUTIONS - recent.total, "more execution")
        ))
    } else {
        None
    };
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
        tier: Tier::of(interval).as_str(),
        recent,
        cost_per_success: per_success(figures.priced.1 as f64 / 1e9, figures.priced.0),
        tokens_per_success: per_success(tokens_in as f64 + tokens_out as f64, metered),
        changes: history.changes.iter().enumerate().map(change).collect(),
        weeks: weeks(figures, days),
        durations: bins(figures),
        missing,
    }
}

fn weeks(figures: &Figures, days: &[&Counted]) -> Vec<Week> {
    let Some(last) = last_week(figures) else {
        return Vec::new();
    };
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

fn percent(rate: &RateOut) -> String {
    format!("{:.0} %", rate.value.unwrap_or_default() * 100.0)
}

fn recommended(skill: &SkillReport) -> Option<Recommendation> {
    let between = |rate: &RateOut| format!("{:.0} to {:.0} %", rate.low * 100.0, rate.high * 100.0);
    let last = skill.changes.last().filter(|change| change.holds);
    let day = |time: &str| time.chars().take(10).collect::<String>();
    let changed = |change: &ChangeReport| {
        format!(
            "since {}, {} ago: {} to {}",
            day(&change.since),
            number_of(change.runs_ago, "run"),
            percent(&change.before),
            percent(&skill.recent)
        )
    };
    let (kind, sure, text) = match last {
        Some(change) if change.direction == "drop" => (
            "worse",
            "sure",
            format!(
                "{}; look at what changed then and at the notes of its failures",
                changed(change)
            ),
        ),
        _ if skill.rate.total < MIN_JUDGED => (
            "more",
            "unsure",
            format!(
                "{} {} little; {}",
                number_of(skill.rate.total, "execution"),
                if skill.rate.total == 1 { "says" } else { "say" },
                skill.missing.clone()?
            ),
        ),
        _ if skill.tier == "low" => {
            let recent = &skill.recent;
            let (sure, advice) = if surely_low(recent.success, recent.total) {
                ("sure", ": rework it, or use another skill")
            } else {
                (
                    "unsure",
                    ", which may be chance: look at the notes of its failures",
                )
            };
            let (success, total) = (recent.success, recent.total);
            let text = format!(
                "it succeeds in {} ({success} of {total}){advice}",
                between(recent)
            );
            ("low", sure, text)
        }
        Some(change) => ("better", "sure", changed(change)),
        None => return None,
    };
    Some(Recommendation {
        skill: skill.skill.clone(),
        kind,
        sure,
        text,
        rate: skill.recent.clone(),
        since: last.map(|change| change.since.clone()),
        words: Vec::new(),
        session: None,
        failing_version: None,
        version: None,
    })
}
