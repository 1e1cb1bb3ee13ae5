//! Links the program so that it starts fast.
#![forbid(unsafe_code)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
    {
        // A position-dependent executable needs no relocations at startup (20,000 otherwise).
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
