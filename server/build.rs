//! The web app is embedded at compile time; a new file in it has to rebuild the server.

fn main() {
    println!("cargo::rerun-if-changed=../web/build");
}
