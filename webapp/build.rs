//! Embeds the bundled front end, so that the product is one file.

use std::{fs, path::Path};

fn main() {
    let dist = Path::new("../static/dist");
    // `cargo check` on a fresh clone comes before `npm run build`; without the bundle the pages
    // still compile, and `make` always builds it first.
    for name in ["app.js", "console.js", "lead-form.js"] {
        if !dist.join(name).exists() {
            fs::create_dir_all(dist).expect("the folder of built assets can be made");
            fs::write(dist.join(name), "").expect("the folder of built assets can be written");
        }
    }
    let fonts = Path::new("../static/fonts");
    for name in ["PTSans-Regular.ttf", "PTSans-Bold.ttf"] {
        if !fonts.join(name).exists() {
            fs::create_dir_all(fonts).expect("the folder of fonts can be made");
            fs::write(fonts.join(name), "").expect("the folder of fonts can be written");
        }
    }
    memory_serve::load_directory(dist);
}
