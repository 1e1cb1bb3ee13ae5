//! Links the program so that it starts fast.
#![forbid(unsafe_code)]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
    {
        // At a fixed address the 20,000 pointers of its tables need no change at each start.
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
