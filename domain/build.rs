//! Migrations and texts are embedded: rebuild when they change.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=../locales");
}
