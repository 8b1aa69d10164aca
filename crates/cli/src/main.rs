//! `meridian`: the command-line client. Speaks the public API with an API token.
#![expect(clippy::print_stdout, reason = "a command-line program prints its answer")]

mod api;
mod profile;
mod upload;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::api::Api;
use crate::profile::Profile;

#[derive(Parser)]
#[command(name = "meridian", version, about = "The command-line client of Meridian")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Remembers a server and an API token (scopes read and upload; made under Settings).
    Login {
        /// Such as https://meridian.example.
        url: String,
        /// The token; asked for where it is missing.
        #[arg(long, env = "MERIDIAN_TOKEN", hide_env_values = true)]
        token: Option<String>,
    },
    /// Uploads a recording as an update.
    Upload {
        /// The recording.
        file: PathBuf,
        /// The team, by name or id; not needed where there is only one.
        #[arg(long)]
        team: Option<String>,
        /// The update's title.
        #[arg(long)]
        title: Option<String>,
        /// Keeps it a draft.
        #[arg(long)]
        draft: bool,
    },
    /// Finds updates by what was said.
    Search {
        /// As in the search box: words, "phrases", from:, team:, before: ...
        words: Vec<String>,
    },
    /// Prints an update's transcript.
    Transcript {
        /// The update's id or its link.
        update: String,
        /// txt, md, vtt or srt.
        #[arg(long, default_value = "txt")]
        format: String,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The only failure is that a provider is installed already, which is as good.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("a TLS provider is installed already");
    }
    match Cli::parse().command {
        Command::Login { url, token } => login(url, token).await,
        Command::Upload { file, team, title, draft } => {
            let api = Api::new(Profile::load()?)?;
            let team = api.team(team.as_deref()).await?;
            let link = upload::upload(&api, &file, &team, title.as_deref(), draft).await?;
            println!("{link}");
            Ok(())
        }
        Command::Search { words } => search(&words.join(" ")).await,
        Command::Transcript { update, format } => {
            let id = update.rsplit('/').next().unwrap_or(&update);
            let id = id.split('?').next().unwrap_or(id);
            let text =
                Api::new(Profile::load()?)?.text(&format!("/updates/{id}/transcript.{format}")).await?;
            print!("{text}");
            Ok(())
        }
    }
}

async fn login(url: String, token: Option<String>) -> anyhow::Result<()> {
    let token = if let Some(token) = token {
        token
    } else {
        eprint!("API token (from Settings): ");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("no token was given")?;
        line.trim().to_owned()
    };
    let profile = Profile { url: url.trim_end_matches('/').to_owned(), token };
    let me = Api::new(profile.clone())?.json("/me", &[]).await?;
    profile.save()?;
    println!("Signed in as {}.", me["display_name"].as_str().unwrap_or("?"));
    Ok(())
}

async fn search(words: &str) -> anyhow::Result<()> {
    let api = Api::new(Profile::load()?)?;
    let workspace = api.workspace().await?;
    let found = api.json("/search", &[("workspace_id", workspace.as_str()), ("q", words)]).await?;
    let items = found["items"].as_array().cloned().unwrap_or_default();
    if items.is_empty() {
        println!("Nothing was found.");
    }
    for item in items {
        let update = &item["update"];
        println!(
            "{}  {}",
            update["title"].as_str().unwrap_or("Untitled"),
            update["share_url"].as_str().unwrap_or("")
        );
        for hit in item["hits"].as_array().cloned().unwrap_or_default() {
            let at = hit["start_ms"]
                .as_i64()
                .map_or_else(String::new, |ms| format!("{}:{:02} ", ms / 60_000, ms / 1000 % 60));
            println!("    {at}{}", hit["text"].as_str().unwrap_or(""));
        }
    }
    Ok(())
}
