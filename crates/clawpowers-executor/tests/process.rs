//! Running commands: exit codes, signals, streams and timeouts.
//!
//! This program runs itself again as a helper process, the runner, which runs a command: so signals reach that process
//! and not the test harness, and a test can set its three streams.
#![cfg_attr(
    unix,
    expect(
        clippy::unwrap_used,
        clippy::panic,
        clippy::print_stdout,
        clippy::exit,
        reason = "a test that cannot continue has failed"
    )
)]

#[cfg(unix)]
mod unix {
    use clawpowers_executor::process::{CommandSpec, run};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use std::ffi::OsString;
    use std::fs;
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, ExitStatus, Stdio};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    const RUNNER: &str = "as-runner";
    /// After this time, a test is considered to hang.
    const HANG_SECONDS: u32 = 60;
    const TICK: Duration = Duration::from_millis(5);

    type Check = (&'static str, fn());

    const CHECKS: &[Check] = &[
        ("exit_codes_pass_through", exit_codes_pass_through),
        ("a_killed_command_is_a_signal", a_killed_command_is_a_signal),
        ("invalid_programs_do_not_start", invalid_programs_do_not_start),
        (
            "the_command_gets_the_folder_and_variables",
            the_command_gets_the_folder_and_variables,
        ),
        ("ten_megabytes_pass_both_ways", ten_megabytes_pass_both_ways),
        ("signals_are_forwarded", signals_are_forwarded),
        (
            "many_signals_do_not_kill_the_runner",
            many_signals_do_not_kill_the_runner,
        ),
        ("an_ignored_signal_stays_ignored", an_ignored_signal_stays_ignored),
        ("a_timeout_ends_grandchildren", a_timeout_ends_grandchildren),
        (
            "a_command_that_ignores_the_timeout_is_killed",
            a_command_that_ignores_the_timeout_is_killed,
        ),
        ("a_grandchild_has_the_same_grace", a_grandchild_has_the_same_grace),
        ("a_stubborn_grandchild_is_killed", a_stubborn_grandchild_is_killed),
        (
            "a_stopped_command_sees_the_timeout",
            a_stopped_command_sees_the_timeout,
        ),
        (
            "a_signal_at_the_start_leaves_no_orphan",
            a_signal_at_the_start_leaves_no_orphan,
        ),
        ("a_stop_stops_both", a_stop_stops_both),
        ("the_terminal_interrupts_once", the_terminal_interrupts_once),
    ];

    pub(crate) fn main() {
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        if args.first().is_some_and(|arg| arg == RUNNER) {
            runner(args.get(1..).unwrap());
        }
        let words: Vec<String> = args.into_iter().map(|arg| arg.into_string().unwrap()).collect();
        let list = words.iter().any(|word| word == "--list");
        let filter = words.iter().find(|word| !word.starts_with('-'));
        for (name, check) in CHECKS {
            if list {
                println!("{name}: test");
            } else if filter.is_none_or(|filter| name.contains(filter.as_str())) {
                println!("{name}");
                check();
            }
        }
    }

    /// Runs a command, writes its outcome to a file, and exits with its exit code.
    fn runner(args: &[OsString]) -> ! {
        let [outcome, cwd, timeout, grace, program, args @ ..] = args else {
            panic!("{args:?}");
        };
        let millis = |word: &OsString| word.to_str().unwrap().parse().ok().map(Duration::from_millis);
        let spec = CommandSpec {
            program,
            args,
            cwd: (cwd != "-").then(|| Path::new(cwd)),
            env: &[("ADDED".into(), "added".into())],
            timeout: millis(timeout),
            grace: millis(grace).unwrap(),
        };
        let (text, code) = match run(&spec) {
            Ok(ended) => (format!("{:?}", ended.reason), ended.exit_code()),
            Err(error) => (error.to_string(), 99),
        };
        let zombies = waitid(
            WaitId::All,
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT,
        );
        assert!(zombies.is_err(), "a child was not reaped: {zombies:?}");
        fs::write(outcome, text).unwrap();
        std::process::exit(code.into());
    }

    /// A folder for a test, and the arguments of a runner in it.
    struct Bench {
        home: tempfile::TempDir,
        cwd: OsString,
        timeout: String,
        grace: String,
        mark: u32,
    }

    impl Bench {
        fn new() -> Self {
            static MARK: AtomicU32 = AtomicU32::new(0);
            Self {
                home: tempfile::tempdir().unwrap(),
                cwd: "-".into(),
                timeout: "-".to_owned(),
                grace: "30000".to_owned(),
                mark: MARK.fetch_add(1, Ordering::Relaxed),
            }
        }

        /// For a command that waits for a signal, so that it ends even if the test fails.
        fn not_forever() -> Self {
            Self::new().timeout(2 * HANG_SECONDS * 1000, 100)
        }

        fn timeout(mut self, timeout: u32, grace: u32) -> Self {
            (self.timeout, self.grace) = (timeout.to_string(), grace.to_string());
            self
        }

        fn path(&self, name: &str) -> PathBuf {
            self.home.path().join(name)
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.path(name)).unwrap_or_default()
        }

        /// A number of seconds for `sleep` that identifies the process.
        fn long(&self) -> String {
            format!("{}{:02}", std::process::id(), self.mark)
        }

        /// The runner of a program; none of its streams is a terminal.
        fn runner(&self, program: &str, args: &[&str]) -> Command {
            let mut runner = Command::new(std::env::current_exe().unwrap());
            runner
                .arg(RUNNER)
                .args([self.path("outcome").into_os_string(), self.cwd.clone()])
                .args([&self.timeout, &self.grace, program])
                .args(args)
                .env("HOME_OF_TEST", self.home.path())
                .env("LONG", self.long())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(fs::File::create(self.path("errors")).unwrap());
            runner
        }

        /// The runner of a script; `$HOME_OF_TEST` is the folder of the test, and `$LONG` a long sleep.
        fn script(&self, script: &str) -> Command {
            self.runner("sh", &["-c", &format!("cd \"$HOME_OF_TEST\"\n{script}")])
        }

        fn outcome(&self, mut runner: Command) -> (String, i32) {
            let status = finish(&mut runner.spawn().unwrap());
            assert_ne!(status.code(), Some(101), "{}", self.read("errors"));
            (self.read("outcome"), status.code().unwrap())
        }

        fn nothing_is_left(&self) {
            let long = self.long();
            until("everything has ended", || !is_running(&long));
        }
    }

    fn until(what: &str, mut done: impl FnMut() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(
                start.elapsed().as_secs() < HANG_SECONDS.into(),
                "waited too long until {what}"
            );
            sleep(TICK);
        }
    }

    fn finish(runner: &mut Child) -> ExitStatus {
        until("the runner has ended", || runner.try_wait().unwrap().is_some());
        runner.wait().unwrap()
    }

    fn send(child: &Child, signal: Signal) {
        kill_process(Pid::from_child(child), signal).unwrap();
    }

    /// Returns whether a process has this argument; a zombie has none.
    fn is_running(word: &str) -> bool {
        let listed = Command::new("ps").args(["-A", "-o", "stat=,args="]).output();
        let listed = String::from_utf8_lossy(&listed.unwrap().stdout).into_owned();
        let mut lines = listed.lines().map(str::trim_start);
        lines.any(|line| !line.starts_with('Z') && line.split_whitespace().any(|found| found == word))
    }

    /// The state of a process; the first letter is the state code.
    fn state(pid: i32) -> String {
        let listed = Command::new("ps")
            .args(["-o", "stat=", "-p", &pid.to_string()])
            .output();
        String::from_utf8_lossy(&listed.unwrap().stdout).trim().to_owned()
    }

    /// Returns whether this test was started with a signal ignored, as by a shell without job control in the
    /// background: then no command can be made to receive it.
    fn is_ignored(name: &str) -> bool {
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{name} $$")])
            .status();
        let ignored = kill.unwrap().success();
        if ignored {
            println!("  skipped: this test was started with SIG{name} ignored");
        }
        ignored
    }

    fn exit_codes_pass_through() {
        for code in [0, 3, 255] {
            let bench = Bench::new();
            let outcome = bench.outcome(bench.script(&format!("exit {code}")));
            assert_eq!(outcome, (format!("Code({code})"), code));
        }
    }

    fn a_killed_command_is_a_signal() {
        let bench = Bench::new();
        let outcome = bench.outcome(bench.script("kill -KILL $$"));
        assert_eq!(outcome, ("Signal(9)".to_owned(), 137));
    }

    fn invalid_programs_do_not_start() {
        let bench = Bench::new();
        let file = |name: &str, text: &str, mode: u32| {
            let path = bench.path(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path.into_os_string().into_string().unwrap()
        };
        let cases = [
            ("no-such-program-anywhere".to_owned(), "no such program"),
            (bench.path("gone").to_str().unwrap().to_owned(), "no such program"),
            (file("plain", "#!/bin/sh\n", 0o644) + "/below", "no such program"),
            (file("plain", "#!/bin/sh\n", 0o644), "not an executable program"),
            (
                file("bytes", "\u{1}\u{2}\u{3}", 0o755),
                "not an executable program",
            ),
            (
                bench.home.path().to_str().unwrap().to_owned(),
                "not an executable program",
            ),
        ];
        for (program, words) in cases {
            let outcome = bench.outcome(bench.runner(&program, &[]));
            assert_eq!(outcome, (words.to_owned(), 99), "{program}");
        }
        let mut bench = Bench::new();
        bench.cwd = bench.path("gone").into_os_string();
        let (words, _) = bench.outcome(bench.runner("true", &[]));
        assert!(words.starts_with("the program cannot be run: "), "{words}");
    }

    fn the_command_gets_the_folder_and_variables() {
        let mut bench = Bench::new();
        bench.cwd = bench.home.path().as_os_str().to_owned();
        let outcome =
            bench.outcome(bench.runner("sh", &["-c", "echo $ADDED$INHERITED$1 > here", "sh", "a b"]));
        assert_eq!(outcome, ("Code(0)".to_owned(), 0));
        assert_eq!(bench.read("here"), "addeda b\n");
    }

    fn ten_megabytes_pass_both_ways() {
        let bench = Bench::new();
        let mut seed = 1_u32;
        let sent: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()
        })
        .take(2_500_000)
        .flatten()
        .collect();
        let mut runner = bench
            .runner("cat", &[])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut input, mut output) = (runner.stdin.take().unwrap(), runner.stdout.take().unwrap());
        let mut got = Vec::new();
        std::thread::scope(|scope| {
            let sent = &sent;
            scope.spawn(move || input.write_all(sent).unwrap());
            output.read_to_end(&mut got).unwrap();
        });
        assert_eq!(finish(&mut runner).code(), Some(0));
        assert_eq!(bench.read("outcome"), "Code(0)");
        assert!(sent == got, "{} bytes came back", got.len());
    }

    fn signals_are_forwarded() {
        for (name, signal) in [
            ("TERM", Signal::TERM),
            ("INT", Signal::INT),
            ("HUP", Signal::HUP),
            ("QUIT", Signal::QUIT),
            ("USR1", Signal::USR1),
            ("USR2", Signal::USR2),
        ] {
            let bench = Bench::not_forever();
            let script = "trap 'echo yes > got; exit 7' NAME; echo > up; while :; do sleep 0.02; done";
            if is_ignored(name) {
                continue;
            }
            let mut runner = bench.script(&script.replace("NAME", name)).spawn().unwrap();
            until("the command has started", || bench.path("up").exists());
            send(&runner, signal);
            assert_eq!(finish(&mut runner).code(), Some(7), "{name}");
            assert_eq!(
                (bench.read("outcome"), bench.read("got")),
                ("Code(7)".to_owned(), "yes\n".to_owned())
            );
        }
    }

    fn many_signals_do_not_kill_the_runner() {
        let bench = Bench::not_forever();
        let script = "trap : HUP USR1 USR2; trap 'exit 7' TERM; echo > up; while :; do sleep 0.02; done";
        let mut runner = bench.script(script).spawn().unwrap();
        until("the command has started", || bench.path("up").exists());
        for signal in [Signal::USR1, Signal::HUP, Signal::USR2, Signal::USR1].repeat(5) {
            send(&runner, signal);
        }
        sleep(TICK);
        assert!(runner.try_wait().unwrap().is_none());
        for _ in 0..20 {
            // The first signal may have ended it already.
            let _ = kill_process(Pid::from_child(&runner), Signal::TERM);
        }
        assert_eq!(finish(&mut runner).code(), Some(7));
    }

    fn an_ignored_signal_stays_ignored() {
        if !cfg!(target_os = "linux") {
            println!("  skipped: what is ignored cannot be seen here");
            return;
        }
        let bench = Bench::not_forever();
        let runner = bench.script("echo > up; exec sleep $LONG");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
            .arg(runner.get_program())
            .args(runner.get_args())
            .envs(runner.get_envs().filter_map(|(key, value)| Some((key, value?))))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut runner = shell.spawn().unwrap();
        until("the command has started", || bench.path("up").exists());
        send(&runner, Signal::HUP);
        sleep(Duration::from_millis(50));
        send(&runner, Signal::TERM);
        finish(&mut runner);
        assert_eq!(bench.read("outcome"), "Signal(15)");
    }

    fn a_timeout_ends_grandchildren() {
        let bench = Bench::new().timeout(200, 30_000);
        let outcome = bench.outcome(bench.script("sleep $LONG & sleep $LONG"));
        assert_eq!(outcome, ("TimedOut { killed: false }".to_owned(), 124));
        assert!(!is_running(&bench.long()));
        // Its own exit code is ignored.
        let bench = Bench::new().timeout(300, 30_000);
        let outcome = bench.outcome(bench.script("trap 'exit 0' TERM; while :; do sleep 0.02; done"));
        assert_eq!(outcome, ("TimedOut { killed: false }".to_owned(), 124));
    }

    /// Runs a script, with longer and longer timeouts, until it starts before its timeout.
    fn run_when_started(script: &str, grace: u32) -> (Bench, (String, i32)) {
        let tried = [200, 2000, 20_000].into_iter().find_map(|timeout| {
            let bench = Bench::new().timeout(timeout, grace);
            let outcome = bench.outcome(bench.script(script));
            bench.nothing_is_left();
            bench.path("up").exists().then_some((bench, outcome))
        });
        tried.unwrap()
    }

    fn a_command_that_ignores_the_timeout_is_killed() {
        let (_, outcome) = run_when_started("trap '' TERM; echo > up; sleep $LONG; sleep $LONG", 200);
        assert_eq!(outcome, ("TimedOut { killed: true }".to_owned(), 137));
    }

    fn a_grandchild_has_the_same_grace() {
        let script = "(trap 'sleep 0.2; echo > tidied; exit' TERM; echo > up; while :; do sleep 0.02; done) &\n\
                      exec sleep $LONG";
        let (bench, outcome) = run_when_started(script, 30_000);
        assert_eq!(outcome, ("TimedOut { killed: false }".to_owned(), 124));
        assert!(bench.path("tidied").exists());
    }

    fn a_stubborn_grandchild_is_killed() {
        let bench = Bench::new().timeout(200, 300);
        let outcome = bench.outcome(bench.script("(trap '' TERM; exec sleep $LONG) & exec sleep $LONG"));
        assert_eq!(outcome, ("TimedOut { killed: false }".to_owned(), 124));
        bench.nothing_is_left();
    }

    fn a_stopped_command_sees_the_timeout() {
        let bench = Bench::new().timeout(300, 30_000);
        let outcome = bench.outcome(bench.script("kill -STOP $$; exec sleep $LONG"));
        assert_eq!(outcome, ("TimedOut { killed: false }".to_owned(), 124));
    }

    fn a_signal_at_the_start_leaves_no_orphan() {
        let bench = Bench::not_forever();
        let mut ended_by_itself = 0;
        for round in 0..50 {
            let mut runner = bench.runner("sleep", &[&bench.long()]).spawn().unwrap();
            // From before the handlers are installed to after the command has started.
            sleep(Duration::from_micros(round * 100));
            send(&runner, Signal::TERM);
            let status = finish(&mut runner);
            let unhandled = status.signal() == Some(15);
            assert!(unhandled || status.code() == Some(143), "{status}");
            ended_by_itself += u32::from(!unhandled);
            assert!(!is_running(&bench.long()), "an orphan of round {round}");
        }
        println!("  {ended_by_itself} of 50 signals came after the handlers");
    }

    fn a_stop_stops_both() {
        let bench = Bench::not_forever();
        // In its own process group, as a shell with job control would start it.
        let mut runner = bench
            .script("echo $$ > pid; exec sleep $LONG")
            .process_group(0)
            .spawn()
            .unwrap();
        until("the command has started", || bench.read("pid").ends_with('\n'));
        let child: i32 = bench.read("pid").trim().parse().unwrap();
        let pid = Pid::from_child(&runner).as_raw_nonzero().get();
        for _ in 0..3 {
            send(&runner, Signal::TSTP);
            until("both have stopped", || {
                state(pid).starts_with('T') && state(child).starts_with('T')
            });
            send(&runner, Signal::CONT);
            until("both go on", || {
                !state(pid).starts_with('T') && !state(child).starts_with('T')
            });
        }
        send(&runner, Signal::TERM);
        assert_eq!(finish(&mut runner).code(), Some(143));
    }

    fn the_terminal_interrupts_once() {
        let here = Command::new("script")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !cfg!(target_os = "linux") || !here.is_ok_and(|status| status.success()) {
            println!("  skipped: there is no script(1) of util-linux");
            return;
        }
        if is_ignored("INT") {
            return;
        }
        let bench = Bench::not_forever();
        // It can read a line, so the terminal is not kept from it.
        let script = "trap 'echo int >> got' INT; trap 'exit 7' USR1; echo > up; read line; echo $line > line; \
                      while :; do sleep 0.02; done";
        let inner = bench.script(script);
        let words: Vec<String> = std::iter::once(inner.get_program())
            .chain(inner.get_args())
            .map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''")))
            .collect();
        // The process id of the runner, for signals that do not come from the terminal.
        let line = format!("echo $$ > \"$HOME_OF_TEST/runner\"; exec {}", words.join(" "));
        let mut terminal = Command::new("script");
        terminal
            .args(["--quiet", "--return", "--command", &line])
            .arg(bench.path("typescript"))
            .envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))))
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut terminal = terminal.spawn().unwrap();
        let mut keys = terminal.stdin.take().unwrap();
        until("the command has started", || bench.path("up").exists());
        keys.write_all(b"hello\n").unwrap();
        until("the command has read", || bench.read("line") == "hello\n");
        for count in 1..=3 {
            keys.write_all(b"\x03").unwrap();
            until("the interrupt has arrived", || {
                bench.read("got").lines().count() >= count
            });
            sleep(Duration::from_millis(50));
            assert_eq!(bench.read("got").lines().count(), count);
        }
        let runner = bench
            .read("runner")
            .trim()
            .parse()
            .ok()
            .and_then(Pid::from_raw)
            .unwrap();
        kill_process(runner, Signal::INT).unwrap();
        until("the signal of a process has arrived", || {
            bench.read("got").lines().count() == 4
        });
        kill_process(runner, Signal::USR1).unwrap();
        finish(&mut terminal);
        assert_eq!(bench.read("outcome"), "Code(7)");
    }
}

fn main() {
    #[cfg(unix)]
    unix::main();
}
