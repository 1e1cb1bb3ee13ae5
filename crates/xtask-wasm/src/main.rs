//! Writes the JavaScript of a WASM module: `xtask-wasm MODULE FOLDER`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "a task talks to the person who started it")]

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("usage: xtask-wasm MODULE FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let written = bindgen
        .input_path(module)
        // An ES module for browsers; in Node, the caller passes the bytes of the module.
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name("clawpowers")
                .typescript(false)
                .omit_default_module_path(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(folder)
        });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
