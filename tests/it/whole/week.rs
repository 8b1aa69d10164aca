//! A scripted week of two people in browsers: everything that goes wrong in one, and the server killed in its midst.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use meridian_domain::clock::Clock;

use super::instance::{Instance, program};

#[tokio::test]
async fn two_people_use_it_for_a_week() {
    let now = Clock::system().now().to_string();
    let mut instance = Instance::start_in(tempfile::TempDir::new().unwrap(), Some(&now)).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let errors = instance.data().join("browser.log");
    let mut browser = Command::new("node")
        .current_dir(folder)
        .arg("browser/week.mjs")
        .arg(&instance.base)
        .arg(folder.join("fixtures/media/spoken-update.webm"))
        // Outside the instance's folder, which goes with it: what failed is looked at afterwards.
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("week"))
        .arg(instance.data())
        .arg(instance.clock())
        .arg(program())
        // What the administrator's command needs to find this instance.
        .env("MERIDIAN_DATA_DIR", instance.data())
        .env("MERIDIAN_TEST_CLOCK", instance.clock())
        .env("MERIDIAN_LISTEN", instance.base.trim_start_matches("http://"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&errors).unwrap())
        .spawn()
        .unwrap();
    let mut answers = browser.stdin.take().unwrap();
    let lines = BufReader::new(browser.stdout.take().unwrap()).lines();
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || lines.map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    let mut all = Vec::new();
    while let Some(line) = told.recv().await {
        if line == "RESTART" {
            instance.kill_and_restart().await;
            writeln!(answers, "done").unwrap();
        }
        all.push(line);
    }
    let status = browser.wait().unwrap();
    let errors = std::fs::read_to_string(&errors).unwrap();
    let text = all.join("\n");
    assert!(status.success() && text.contains("all steps done"), "{text}\n{errors}\n{}", instance.log());
}
