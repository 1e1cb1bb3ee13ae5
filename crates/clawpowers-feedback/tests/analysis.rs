//! Analyses without a database: outcomes in a list, saved histories in a variable.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue has failed")]

use clawpowers_feedback::{
    Certainty, Direction, Input, Observation, Position, RecommendationKind, SavedHistory, SkillAnalysis,
    Tier, analyze, cluster, first_new, recommend,
};

const HOUR: i64 = 3_600_000_000;

/// One execution an hour from 1970 on, numbered from 1.
fn hourly(outcomes: impl IntoIterator<Item = bool>) -> Vec<Observation> {
    let one = |(index, success): (usize, bool)| {
        let number = index as i64;
        Observation {
            position: (number * HOUR, number + 1),
            success,
        }
    };
    outcomes.into_iter().enumerate().map(one).collect()
}

/// Nine of ten succeed, then every second one.
fn falling(good: usize, bad: usize) -> Vec<Observation> {
    hourly(
        (0..good)
            .map(|index| index % 10 != 0)
            .chain((0..bad).map(|index| index % 2 == 0)),
    )
}

fn input(all: &[Observation]) -> Input<'static> {
    let last = all.last().map_or(0, |one| one.position.0);
    Input {
        success: all.iter().filter(|one| one.success).count() as u64,
        total: all.len() as u64,
        cost: None,
        tokens: None,
        last_day: Some(last.div_euclid(24 * HOUR)),
        days: &[],
        durations: &[],
        now: last,
        as_of: last,
        format_time: |micros| format!("{micros:020}"),
    }
}

/// Analyses `all`, and counts the executions that were read.
fn analysis(
    all: &[Observation],
    saved: Option<&SavedHistory>,
) -> (SkillAnalysis, Option<SavedHistory>, usize) {
    let mut read = 0;
    let after = |position: Option<Position>| {
        let found: Vec<Observation> = all
            .iter()
            .filter(|one| position.is_none_or(|position| one.position > position))
            .copied()
            .collect();
        read += found.len();
        Ok::<_, ()>(found)
    };
    let (report, next) = analyze(&input(all), saved, after).unwrap();
    (report, next, read)
}

fn json(analysis: &SkillAnalysis) -> serde_json::Value {
    serde_json::to_value(analysis).unwrap()
}

#[test]
fn a_saved_history_does_not_change_results() {
    let all = falling(600, 0);
    let (_, saved, _) = analysis(&all[..450], None);
    let saved = saved.unwrap();
    // The last 32 are read again, because an execution may be recorded after later ones.
    assert_eq!(saved.position, all[450 - 32 - 1].position);
    let (whole, _, read_whole) = analysis(&all, None);
    let (rest, _, read_rest) = analysis(&all, Some(&saved));
    assert_eq!(json(&rest), json(&whole));
    assert_eq!((read_whole, read_rest), (600, 600 - 450 + 32));
}

#[test]
fn a_change_before_the_saved_end_is_dated_from_all_executions() {
    let all = falling(400, 200);
    // The change is found after the end of the saved history, and its date is before it.
    let (_, saved, _) = analysis(&all[..440], None);
    let (whole, _, _) = analysis(&all, None);
    let (rest, _, _) = analysis(&all, saved.as_ref());
    assert_eq!(whole.changes[0].direction, Direction::Drop);
    assert_eq!(rest.changes[0].since, whole.changes[0].since);
}

#[test]
fn an_execution_before_the_saved_end_causes_a_full_read() {
    let mut all = falling(400, 200);
    let (_, saved, _) = analysis(&all, None);
    all.insert(
        7,
        Observation {
            position: (6 * HOUR + 1, 9_999),
            success: false,
        },
    );
    let (whole, _, _) = analysis(&all, None);
    let (again, _, _) = analysis(&all, saved.as_ref());
    assert_eq!(json(&again), json(&whole));
    let broken = SavedHistory {
        state: "{}".to_owned(),
        ..saved.unwrap()
    };
    assert_eq!(json(&analysis(&all, Some(&broken)).0), json(&whole));
}

#[test]
fn future_executions_are_not_saved() {
    let all = hourly((0..300).map(|index| index % 10 != 0));
    let now = all[199].position.0;
    let input = Input { now, ..input(&all) };
    let (_, saved) = analyze(&input, None, |_| Ok::<_, ()>(all.clone())).unwrap();
    assert_eq!(saved.unwrap().position, all[199].position);
}

#[test]
fn recommendations_follow_from_the_changes() {
    let (fallen, _, _) = analysis(&falling(200, 100), None);
    let worse = recommend("a", &fallen).unwrap();
    assert_eq!(
        (worse.kind, worse.sure),
        (RecommendationKind::Worse, Certainty::Sure)
    );
    assert!(worse.text.contains("90% to 49%"), "{}", worse.text);

    let (few, _, _) = analysis(&hourly([true; 9]), None);
    let more = recommend("a", &few).unwrap();
    assert_eq!((more.kind, few.tier), (RecommendationKind::More, Tier::Unsure));
    assert_eq!(more.text, "too few executions: 1 more needed for a rating");

    let (good, _, _) = analysis(&hourly([true; 60]), None);
    assert_eq!(good.tier, Tier::Good);
    assert!(recommend("a", &good).is_none());
}

#[test]
fn significant_clusters_of_failures_are_reported() {
    let session = |index: usize| if index < 20 { "one" } else { "two" };
    let clustered = (0..60).map(|index| (Some(session(index)), index < 20));
    let found = cluster(clustered).unwrap();
    assert_eq!(
        (found.name.as_str(), found.failures, found.total),
        ("one", 20, 20)
    );
    let even = (0..60).map(|index| (Some(session(index)), index % 3 == 0));
    assert_eq!(cluster(even), None);
    assert_eq!(cluster([]), None);
}

#[test]
fn a_new_version_is_one_that_replaces_the_old_one() {
    assert_eq!(first_new(["1", "1", "2", "2"]), Some("2"));
    assert_eq!(first_new(["1", "2", "1", "2"]), None);
    assert_eq!(first_new(["1", "1"]), None);
    assert_eq!(first_new([]), None);
}
