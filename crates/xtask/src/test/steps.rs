//! The parts of the tests, as data.

use super::cargo_test::{cargo_test, cargo_test_at_once};
use super::windows;
use crate::bindings::{Workspace, cross_language, node, python, wasm};
use crate::run::{Failure, TESTED, cargo};
use crate::tools::Needed;

/// A part of the tests that can be run alone.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Whether it belongs to a whole run; the other parts are contained in one that does.
    pub(super) in_whole_run: bool,
    /// Whether a whole run skips it if its needs cannot be installed.
    pub(super) optional: bool,
    /// Whether a whole run runs it in its own process, in parallel with the parts after the first.
    pub(super) in_background: bool,
    /// What must be installed in addition to Rust.
    pub(super) needed: &'static [Needed],
    pub(super) steps: &'static [Step],
}

/// A step that passes or fails.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The steps of the same part that must pass first.
    pub(super) needs: &'static [&'static str],
    pub(super) run: fn(&Workspace) -> Result<(), Failure>,
}

const fn step(
    name: &'static str,
    needs: &'static [&'static str],
    about: &'static str,
    run: fn(&Workspace) -> Result<(), Failure>,
) -> Step {
    Step {
        name,
        about,
        needs,
        run,
    }
}

/// A part that is one run of `cargo test`, which `rust` contains.
const fn tests(name: &'static str, about: &'static str, steps: &'static [Step]) -> Part {
    Part {
        name,
        about,
        in_whole_run: false,
        optional: false,
        in_background: false,
        needed: &[],
        steps,
    }
}

const NODE: &[Needed] = &[Needed::NODE, Needed::NPM];
const PYTHON: &[Needed] = &[Needed::PYTHON];
const WASM: &[Needed] = &[
    Needed::NODE,
    Needed::NPM,
    Needed::CLANG,
    Needed::CHROMIUM,
    Needed::WASM_TARGET,
];

/// Every part, in the order of a whole run.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "rust",
        about: "every Rust test and documentation example; needs only Rust",
        in_whole_run: true,
        optional: false,
        in_background: false,
        needed: &[],
        steps: &[step(
            "tests",
            &[],
            "compile and run every Rust test; takes minutes on a clean build",
            |_| every_rust_test(),
        )],
    },
    tests(
        "text",
        "the text tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers-text",
            |_| cargo_test(&["--package", "clawpowers-text"]),
        )],
    ),
    tests(
        "loader",
        "the loader tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers-loader",
            |_| cargo_test(&["--package", "clawpowers-loader"]),
        )],
    ),
    tests(
        "executor",
        "the executor tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers-executor",
            |_| cargo_test(&["--package", "clawpowers-executor"]),
        )],
    ),
    tests(
        "feedback",
        "the feedback tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers-feedback",
            |_| cargo_test(&["--package", "clawpowers-feedback"]),
        )],
    ),
    tests(
        "api",
        "the API tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers-api",
            |_| cargo_test(&["--package", "clawpowers-api"]),
        )],
    ),
    tests(
        "cli",
        "the command-line, multi-process and repository tests of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the tests of clawpowers",
            |_| cargo_test(&["--package", "clawpowers"]),
        )],
    ),
    tests(
        "docs",
        "the documentation examples of `rust`",
        &[step(
            "tests",
            &[],
            "compile and run the examples of the documentation",
            |_| cargo_test(&[&["--doc"], TESTED].concat()),
        )],
    ),
    Part {
        name: "node",
        about: "the package for Node",
        in_whole_run: true,
        optional: false,
        in_background: false,
        needed: NODE,
        steps: &[
            step(
                "build",
                &[],
                "compile the package; takes minutes on a clean build",
                |at| node::build(at, "test-panic"),
            ),
            step(
                "tests",
                &["build"],
                "run the package's own tests",
                node::tests_of_package,
            ),
            step(
                "conformance",
                &["build"],
                "run the conformance cases",
                node::conformance,
            ),
            step(
                "install",
                &[],
                "install the package and TypeScript with npm; recompiles what was built with other features",
                node::install,
            ),
            step(
                "example",
                &["install"],
                "compare the example with the one in Rust",
                node::example,
            ),
            step(
                "documentation",
                &["install"],
                "run the programs of the documentation",
                node::documentation,
            ),
            step(
                "types",
                &["install"],
                "compile a program that uses every function with TypeScript",
                node::types,
            ),
        ],
    },
    Part {
        name: "python",
        about: "the package for Python",
        in_whole_run: true,
        optional: false,
        in_background: false,
        needed: PYTHON,
        steps: &[
            step(
                "build",
                &[],
                "install the tools with pip and compile the package; takes minutes on a clean build",
                |_| python::build("test-panic"),
            ),
            step("tests", &["build"], "run the package's own tests", |_| {
                python::tests()
            }),
            step(
                "types",
                &["build"],
                "check the types with mypy and stubtest",
                |_| python::types(),
            ),
            step(
                "schema",
                &["build"],
                "compare requests and replies with the schemas",
                |_| python::schema(),
            ),
            step("conformance", &["build"], "run the conformance cases", |_| {
                python::conformance()
            }),
            step(
                "install",
                &[],
                "install the package with pip into a new environment, as a user does",
                python::install,
            ),
            step(
                "example",
                &["install"],
                "compare the example with the one in Rust",
                python::example,
            ),
            step(
                "documentation",
                &["install"],
                "run the programs of the documentation",
                python::documentation,
            ),
        ],
    },
    Part {
        name: "wasm",
        about: "the package for browsers, in Node and in Chromium",
        in_whole_run: true,
        optional: false,
        in_background: false,
        needed: WASM,
        steps: &[
            step(
                "build",
                &[],
                "compile the module and its JavaScript; takes minutes on a clean build",
                |at| wasm::build(at, "test-panic"),
            ),
            step(
                "tests",
                &["build"],
                "run the package's own tests in Node",
                wasm::tests_of_package,
            ),
            step(
                "conformance",
                &["build"],
                "run the conformance cases in Node",
                wasm::conformance,
            ),
            step(
                "browser",
                &["build"],
                "run the conformance cases in Chromium",
                wasm::browser,
            ),
            step("shipped build", &[], "compile the release module", |at| {
                wasm::build(at, "")
            }),
            step(
                "page",
                &["shipped build"],
                "open the example page in Chromium",
                wasm::page,
            ),
            step("size", &["shipped build"], "measure the module", wasm::size),
            step(
                "install",
                &["shipped build"],
                "install the package and TypeScript with npm",
                wasm::install,
            ),
            step(
                "types",
                &["install"],
                "compile a page's program with TypeScript",
                wasm::types,
            ),
            step(
                "documentation",
                &["install"],
                "run the programs of the documentation",
                wasm::documentation,
            ),
        ],
    },
    Part {
        name: "cross-language",
        about: "Node, Python and the command line writing to the same key at once",
        in_whole_run: true,
        optional: false,
        in_background: false,
        needed: &[Needed::NODE, Needed::NPM, Needed::PYTHON],
        steps: &[
            step("node", &[], "compile the package for Node", |at| {
                node::build(at, "")
            }),
            step("python", &[], "compile the package for Python", |_| {
                python::build("")
            }),
            step("command line", &[], "compile the program", |_| command_line()),
            step(
                "writers",
                &["node", "python", "command line"],
                "run eight concurrent writers of each kind on one key",
                cross_language::test,
            ),
        ],
    },
    Part {
        name: "windows",
        about: "the command-line and multi-process tests on Windows, under Wine",
        in_whole_run: true,
        optional: true,
        in_background: true,
        needed: windows::NEEDED,
        steps: &[
            step(
                "machine",
                &[],
                "create a Wine prefix; half a minute the first time",
                |_| windows::machine(),
            ),
            step(
                "tests",
                &["machine"],
                "compile for Windows and run the tests; takes minutes on a clean build",
                |_| windows::tests(),
            ),
        ],
    },
];

/// Runs the tests in lists, which contain each target once. The first two mostly wait, for the disk, for locks and for processes.
fn every_rust_test() -> Result<(), Failure> {
    let of = |targets: &[&'static str]| [TESTED, targets].concat();
    let lists = [
        // Besides the multi-process tests, no target starts with an `s`, and besides the tests with thousands of files none
        // with a `c`: a new target is in a list, whatever its name.
        of(&["--test", "s*", "--", "--test-threads=4"]),
        of(&["--test", "[!cs]*", "--lib", "--bins"]),
        of(&["--doc"]),
        of(&["--test", "c*"]),
    ];
    cargo_test_at_once(TESTED, &lists.each_ref().map(Vec::as_slice), |_| (), |_| ())
}

/// Compiles the command line with the same features as for its tests.
fn command_line() -> Result<(), Failure> {
    let words = ["test", "--locked", "--no-run", "--test", "cli"];
    cargo(&[&words[..], TESTED].concat())
}
