//! Output: data to stdout, messages to stderr, and no raw control characters to a terminal.

use crate::exit::Exit;
use crate::stdout;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clawpowers_api::display::escape_control;
use clawpowers_api::{ApiError, escape_line, write_reply};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

/// The width of a terminal that does not report one.
const DEFAULT_WIDTH: usize = 100;
const MIN_WIDTH: usize = 40;

/// How commands write to stdout and stderr.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// Whether replies are printed as JSON.
    pub(crate) json: bool,
    /// The width of the terminal on stdout, if it is one.
    pub(crate) width: Option<usize>,
    pub(crate) palette: Palette,
    pub(crate) err_palette: Palette,
    /// Returns the text and the exit code of an error; the scripts of 1.x have their own.
    pub(crate) word_error: fn(&ApiError) -> (String, Exit),
}

/// Text attributes, with their ANSI codes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

/// Whether a stream is printed in color.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    pub(crate) enabled: bool,
}

impl Palette {
    /// Decides by `--color`, the environment and whether the stream is a terminal, as help pages do.
    fn of(stream: impl RawStream) -> Self {
        let enabled = AutoStream::choice(&stream) != ColorChoice::Never;
        if enabled {
            // A Windows console needs a mode change before it interprets ANSI codes; this makes it.
            drop(AutoStream::always_ansi(stream));
        }
        Self { enabled }
    }

    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        match self.enabled {
            true => format!("\u{1b}[{}m{text}\u{1b}[0m", style as u8),
            false => text.to_owned(),
        }
    }

    /// Colors the labels at the start of lines: `error:`, `warning:`, `hint:`.
    fn paint_labels(self, text: &str) -> String {
        let labels = [
            ("error:", Style::Red),
            ("warning:", Style::Yellow),
            ("hint:", Style::Cyan),
        ];
        let paint = |line: &str| match labels.iter().find(|(label, _)| line.starts_with(label)) {
            Some((label, style)) => line.replacen(label, &self.paint(*style, label), 1),
            None => line.to_owned(),
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
            word_error: |error| {
                let hint = error.hint.as_deref().map(escape_line);
                let hint = hint.map_or_else(String::new, |hint| format!("hint: {hint}\n"));
                let text = format!("error: {}\n{hint}", escape_line(&error.message));
                (text, error.code.into())
            },
        }
    }

    pub(crate) const fn with_json(self, json: bool) -> Self {
        Self { json, ..self }
    }

    /// Styles a string for stdout.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        self.palette.paint(style, text)
    }

    /// Prints text in which everything untrusted is already escaped.
    pub(crate) fn print(&self, text: &str) -> Exit {
        write_bytes(text.as_bytes())
    }

    /// Prints untrusted text: escaped on a terminal, byte for byte in a pipe.
    pub(crate) fn print_untrusted(&self, text: &str) -> Exit {
        self.print_bytes(text.as_bytes())
    }

    /// Prints untrusted bytes, as [`Out::print_untrusted`] prints text.
    pub(crate) fn print_bytes(&self, bytes: &[u8]) -> Exit {
        write_bytes(&self.escaped(bytes))
    }

    /// Escapes untrusted bytes if stdout is a terminal.
    fn escaped<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        match self.width {
            Some(_) => escape_control(&String::from_utf8_lossy(bytes))
                .into_owned()
                .into_bytes()
                .into(),
            None => bytes.into(),
        }
    }

    /// Responds with the reply as JSON, or with pieces of untrusted bytes as they come. `pieces` gets a function that returns
    /// `false` once nothing more can be written.
    pub(crate) fn respond_stream<T: Serialize>(
        &self,
        reply: impl FnOnce() -> Result<T, ApiError>,
        pieces: impl FnOnce(&mut dyn FnMut(&[u8]) -> bool) -> Result<(), ApiError>,
    ) -> Exit {
        if self.json {
            return self.respond_text(&reply(), |_| String::new());
        }
        let mut result = Ok(());
        let printed = write(|stream| {
            let mut written = Ok(());
            result = pieces(&mut |bytes| {
                written = stdout::check().and_then(|()| stream.write_all(&self.escaped(bytes)));
                written.is_ok()
            });
            written
        });
        match result {
            Err(error) if printed == Exit::Done => self.eprint_error(&error),
            _ => printed,
        }
    }

    /// Prints to stderr, with unsafe characters escaped if it is a terminal.
    pub(crate) fn eprint(&self, text: &str) {
        if self.err_palette.enabled || io::stderr().is_terminal() {
            self.eprint_escaped(&escape_control(text));
        } else {
            self.eprint_escaped(text);
        }
    }

    /// Prints text to stderr in which everything untrusted is already escaped; it may be colored.
    pub(crate) fn eprint_escaped(&self, text: &str) {
        let painted = self.err_palette.paint_labels(text);
        // If stderr is closed, nothing can be reported.
        let _ = io::stderr().lock().write_all(painted.as_bytes());
    }

    /// Prints an error with its hint.
    pub(crate) fn eprint_error(&self, error: &ApiError) -> Exit {
        let (text, exit) = (self.word_error)(error);
        self.eprint(&text);
        exit
    }

    /// Says after a failed write to stdout that the change was made nevertheless.
    pub(crate) fn note_done(&self, exit: Exit, what: &str) -> Exit {
        if exit == Exit::Storage {
            self.eprint(&format!("note: {what}; only the output could not be written\n"));
        }
        exit
    }

    /// Responds to a request that changed something. If stdout cannot be written, stderr says what was `done`.
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

    /// Reports an error that did not come from an operation.
    pub(crate) fn respond_error(&self, error: &ApiError) -> Exit {
        self.respond_text(&Err::<(), _>(error.clone()), |()| String::new())
    }

    /// Responds with the reply as JSON or as text, in which everything untrusted is already escaped.
    pub(crate) fn respond_text<T: Serialize>(
        &self,
        result: &Result<T, ApiError>,
        text: impl FnOnce(&T) -> String,
    ) -> Exit {
        self.respond(result, |_| Exit::Done, |response| self.print(&text(response)))
    }

    /// Responds with the reply as JSON or as untrusted text.
    pub(crate) fn respond_untrusted<T: Serialize>(
        &self,
        result: &Result<T, ApiError>,
        text: impl FnOnce(&T) -> String,
    ) -> Exit {
        let render = |response: &T| self.print_untrusted(&text(response));
        self.respond(result, |_| Exit::Done, render)
    }

    /// Responds with the reply as JSON or as `render` prints it. `code` is the exit code of the reply; a failure to print
    /// takes precedence.
    pub(crate) fn respond<T: Serialize>(
        &self,
        result: &Result<T, ApiError>,
        code: impl FnOnce(&T) -> Exit,
        render: impl FnOnce(&T) -> Exit,
    ) -> Exit {
        let response = match result {
            Ok(response) => response,
            Err(error) if self.json => {
                // If stderr is closed, nothing can be reported.
                let _ = writeln!(io::stderr().lock(), "{}", error.to_reply());
                return error.code.into();
            }
            Err(error) => return self.eprint_error(error),
        };
        let printed = match self.json {
            true => write(|stream| {
                stdout::check()?;
                write_reply(result, &mut *stream)?;
                stream.write_all(b"\n")
            }),
            false => render(response),
        };
        if printed == Exit::Done {
            code(response)
        } else {
            printed
        }
    }
}

fn write_bytes(bytes: &[u8]) -> Exit {
    if bytes.is_empty() {
        return Exit::Done;
    }
    write(|stream| stdout::check().and_then(|()| stream.write_all(bytes)))
}

/// Writes to stdout through a buffer.
fn write(work: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>) -> Exit {
    let mut stream = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = work(&mut stream).and_then(|()| stream.flush());
    // A dropped writer would write again what could not be written.
    let _ = stream.into_parts();
    written.map_or_else(|error| report_unwritten(&error), |()| Exit::Done)
}

/// Reports that stdout cannot be written. It is not an error if the reader of a pipe has closed it.
pub(crate) fn report_unwritten(error: &io::Error) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    // If stderr is closed, nothing can be reported.
    let _ = writeln!(
        io::stderr().lock(),
        "error: stdout cannot be written: {error}\nhint: free some disk space, or redirect the output elsewhere"
    );
    Exit::Storage
}
