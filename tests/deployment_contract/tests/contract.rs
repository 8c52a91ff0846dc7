//! Asks of the real repository that template and code agree, and of every check that it finds what it is there for.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]

use deployment_contract::{CHECKS, World, check};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

mod changes;

/// The repository as it is.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    World::read(root).unwrap()
});

/// What each change leads to: for each check, the findings that were not there before.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| {
    let known: BTreeSet<String> = check(&WORLD).into_iter().collect();
    let changed = changes::all().into_iter().map(|(name, change, wanted)| {
        let mut after = WORLD.clone();
        change(&mut after);
        let same = after.template == WORLD.template && after.files == WORLD.files;
        assert!(!same, "{name}: this changes nothing (any more): mend the change");
        let found = |(_, check): (&str, fn(&World) -> Vec<String>)| {
            check(&after).into_iter().filter(|finding| !known.contains(finding)).collect()
        };
        Found { name, wanted, by_check: CHECKS.map(found).to_vec() }
    });
    changed.collect()
});

struct Found {
    name: &'static str,
    wanted: &'static [&'static str],
    by_check: Vec<Vec<String>>,
}

#[test]
fn template_and_code_agree() {
    let findings = check(&WORLD);
    assert!(findings.is_empty(), "{} to mend:\n- {}", findings.len(), findings.join("\n- "));
}

/// The test of the test: one thing is changed at a time, and one sentence must name it and say what to do.
#[test]
fn every_change_for_the_worse_is_found() {
    let mut missed = Vec::new();
    for Found { name, wanted, by_check } in FOUND.iter() {
        let named = |finding: &&String| wanted.iter().all(|word| finding.contains(word));
        match by_check.iter().flatten().find(named) {
            Some(finding) => println!("{name}\n    {finding}"),
            None => missed.push(format!("{name}: wanted {wanted:?}, found {:#?}", by_check.concat())),
        }
    }
    println!("{} changes", FOUND.len());
    assert!(missed.is_empty(), "{} not found:\n{}", missed.len(), missed.join("\n"));
}

/// A check that no change can fail proves nothing.
#[test]
fn every_check_fails_for_some_change() {
    for (n, (question, _)) in CHECKS.iter().enumerate() {
        let fails = FOUND.iter().any(|found| !found.by_check[n].is_empty());
        assert!(fails, "nothing makes the answer to this question no: {question}");
    }
}

#[test]
fn every_finding_says_what_to_do() {
    let verbs =
        ["add", "set", "take", "mend", "rename", "name", "use", "write", "let", "keep", "move", "end"];
    for (name, finding) in FOUND.iter().flat_map(|f| f.by_check.iter().flatten().map(|text| (f.name, text))) {
        let says = verbs.iter().any(|verb| finding.contains(&format!(": {verb} ")));
        assert!(says && !finding.contains('\n'), "{name}: {finding:?} does not say what to do");
    }
}
