//! Exports the stack pointer, so that the host can reset it after a trap, which does not unwind the stack.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-cdylib=--export=__stack_pointer");
    }
}
