//! Where output goes: data to stdout, talk to stderr, nothing raw to a terminal.

use crate::exit::Exit;
use crate::stdout;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clawpowers_api::display::escape_control;
use clawpowers_api::{ApiError, escape_line, write_reply};
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

/// How wide a terminal is taken to be where it does not say.
const DEFAULT_WIDTH: usize = 100;
/// How narrow a terminal is taken to be at least.
const MIN_WIDTH: usize = 40;

/// The two output streams and how they are to be written.
#[derive(Debug)]
pub(crate) struct Out {
    /// Whether replies are printed as JSON.
    pub(crate) json: bool,
    /// The width of the terminal on stdout, if it is one.
    pub(crate) width: Option<usize>,
    /// The colours of stdout.
    pub(crate) palette: Palette,
    /// The colours of stderr.
    pub(crate) err_palette: Palette,
}

/// The look of a piece of text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

/// Whether a stream takes colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    pub(crate) enabled: bool,
}

impl Palette {
    /// Decides by `--color`, the environment and whether the stream is a terminal, as the help pages do.
    fn of(stream: impl RawStream) -> Self {
        let enabled = AutoStream::choice(&stream) != ColorChoice::Never;
        if enabled {
            // Consoles of Windows take colour only after they are told so, which this does.
            drop(AutoStream::always_ansi(stream));
        }
        Self { enabled }
    }

    /// Colours a text where the stream takes colour.
    pub(crate) fn paint(self, look: Look, text: &str) -> String {
        if !self.enabled {
            return text.to_owned();
        }
        let code = match look {
            Look::Bold => 1,
            Look::Dim => 2,
            Look::Red => 31,
            Look::Green => 32,
            Look::Yellow => 33,
            Look::Cyan => 36,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Colours the labels at the start of lines: `error:`, `warning:`, `hint:`.
    fn paint_labels(self, text: &str) -> String {
        if !self.enabled {
            return text.to_owned();
        }
        let paint = |line: &str| {
            for (label, look) in [
                ("error:", Look::Red),
                ("warning:", Look::Yellow),
                ("hint:", Look::Cyan),
            ] {
                if let Some(rest) = line.strip_prefix(label) {
                    return format!("{}{rest}", self.paint(look, label));
                }
            }
            line.to_owned()
        };
        text.split_inclusive('\n').map(paint).collect()
    }
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        Self {
            json,
            width: terminal.then_some(width.max(MIN_WIDTH)),
            palette: Palette::of(io::stdout()),
            err_palette: Palette::of(io::stderr()),
        }
    }

    /// The same streams with or without JSON.
    pub(crate) const fn with_json(&self, json: bool) -> Self {
        Self {
            json,
            width: self.width,
            palette: self.palette,
            err_palette: self.err_palette,
        }
    }

    /// Colours a text for stdout.
    pub(crate) fn paint(&self, look: Look, text: &str) -> String {
        self.palette.paint(look, text)
    }

    /// Prints text of our own making, in which strangers' text was made safe already.
    pub(crate) fn print(&self, text: &str) -> Exit {
        write_bytes(text.as_bytes())
    }

    /// Prints a stranger's text: to a terminal with unsafe characters spelled out, to a pipe byte for byte.
    pub(crate) fn print_untrusted(&self, text: &str) -> Exit {
        if self.width.is_some() {
            self.print(&escape_control(text))
        } else {
            self.print(text)
        }
    }

    /// Prints a stranger's bytes, as [`Out::print_untrusted`] prints text.
    pub(crate) fn print_bytes(&self, bytes: &[u8]) -> Exit {
        if self.width.is_some() {
            return self.print_untrusted(&String::from_utf8_lossy(bytes));
        }
        write_bytes(bytes)
    }

    /// Prints many pieces of strangers' bytes as they come; `work` gets a function that answers `false` once nothing more
    /// can be written.
    pub(crate) fn print_stream(
        &self,
        work: impl FnOnce(&mut dyn FnMut(&[u8]) -> bool) -> Result<(), ApiError>,
    ) -> Exit {
        let terminal = self.width.is_some();
        let mut stream = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        let mut failure = None;
        let done = work(&mut |bytes| {
            let written = stdout::check().and_then(|()| {
                if terminal {
                    stream.write_all(escape_control(&String::from_utf8_lossy(bytes)).as_bytes())
                } else {
                    stream.write_all(bytes)
                }
            });
            failure = written.err();
            failure.is_none()
        });
        let failure = failure.or_else(|| stream.flush().err());
        // What could not be written must not be tried again when the writer is dropped.
        let _ = stream.into_parts();
        match (failure, done) {
            (Some(failure), _) => unwritten(&failure),
            (None, Ok(())) => Exit::Done,
            (None, Err(error)) => self.eprint_error(&error),
        }
    }

    /// Answers with an error that no operation gave: as a reply in JSON, or in words.
    pub(crate) fn respond_error(&self, error: &ApiError) -> Exit {
        self.respond(&Err::<(), _>(error.clone()), |()| Exit::Done, |()| Exit::Done)
    }

    /// Prints talk to stderr, always with unsafe characters spelled out on a terminal.
    pub(crate) fn eprint(&self, text: &str) {
        if self.err_palette.enabled || io::stderr().is_terminal() {
            self.eprint_escaped(&escape_control(text));
        } else {
            self.eprint_escaped(text);
        }
    }

    /// Prints talk in which strangers' text was made safe already; it may be coloured.
    pub(crate) fn eprint_escaped(&self, text: &str) {
        let painted = self.err_palette.paint_labels(text);
        // There is nowhere left to say that stderr is gone.
        let _ = io::stderr().lock().write_all(painted.as_bytes());
    }

    /// Prints an error with its hint.
    pub(crate) fn eprint_error(&self, error: &ApiError) -> Exit {
        let mut text = format!("error: {}\n", escape_line(&error.message));
        if let Some(hint) = &error.hint {
            text.push_str(&format!("hint: {}\n", escape_line(hint)));
        }
        self.eprint(&text);
        Exit::from(error.code)
    }

    /// Says after a failed write to stdout what the command had done before.
    pub(crate) fn note_done(&self, exit: Exit, what: &str) -> Exit {
        if exit == Exit::Storage {
            self.eprint(&format!("note: {what}; only its output could not be written\n"));
        }
        exit
    }

    /// Answers a request that changed something; if stdout cannot be written, stderr says what was `done`.
    pub(crate) fn respond_to_change<T: Serialize>(
        &self,
        result: &Result<T, ApiError>,
        render: impl FnOnce(&T) -> Exit,
        done: impl FnOnce(&T) -> String,
    ) -> Exit {
        let exit = self.respond(result, |_| Exit::Done, render);
        match result {
            Ok(response) => self.note_done(exit, &done(response)),
            Err(_) => exit,
        }
    }

    /// Answers a request: the reply as JSON, or its rendering; the renderer says how the command ended.
    pub(crate) fn respond<T: Serialize>(
        &self,
        result: &Result<T, ApiError>,
        code: impl FnOnce(&T) -> Exit,
        render: impl FnOnce(&T) -> Exit,
    ) -> Exit {
        match result {
            Ok(response) if self.json => {
                let printed = write(|stream| {
                    write_reply(result, &mut *stream)?;
                    stream.write_all(b"\n")
                });
                worse(printed, code(response))
            }
            Ok(response) => worse(render(response), code(response)),
            Err(error) if self.json => {
                // There is nowhere left to say that stderr is gone.
                let _ = writeln!(io::stderr().lock(), "{}", error.to_reply());
                Exit::from(error.code)
            }
            Err(error) => self.eprint_error(error),
        }
    }
}

/// Returns what went wrong first: a failed write counts more than the answer.
fn worse(printed: Exit, answer: Exit) -> Exit {
    if printed == Exit::Done { answer } else { printed }
}

/// How much is written to stdout at once.
const BUFFER: usize = 1 << 16;

fn write_bytes(bytes: &[u8]) -> Exit {
    if bytes.is_empty() {
        return Exit::Done;
    }
    write(|stream| stream.write_all(bytes))
}

/// Writes everything that `work` does to stdout.
fn write(work: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>) -> Exit {
    let mut stream = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let written = stdout::check()
        .and_then(|()| work(&mut stream))
        .and_then(|()| stream.flush());
    // What could not be written must not be tried again when the writer is dropped.
    let _ = stream.into_parts();
    match written {
        Ok(()) => Exit::Done,
        Err(error) => unwritten(&error),
    }
}

/// Says that stdout cannot be written; a reader that went away is no failure.
pub(crate) fn unwritten(error: &io::Error) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    // There is nowhere left to say that stderr is gone.
    let _ = writeln!(
        io::stderr().lock(),
        "error: stdout cannot be written: {error}\nhint: make room where the output goes, or send it elsewhere"
    );
    Exit::Storage
}
