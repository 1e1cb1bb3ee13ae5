//! Tells the linker which symbols Node provides.

fn main() {
    napi_build::setup();
}
