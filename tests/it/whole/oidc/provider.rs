//! The process of `clients/oidc_provider.mjs`.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What Meridian shows the provider that it is Meridian.
pub(super) const SECRET: &str = "a-secret-of-the-client-0123456789abcdef";

/// See the module. Killed when dropped.
pub(super) struct Provider {
    /// Its address.
    pub(super) issuer: String,
    folder: TempDir,
    child: Child,
    orders: ChildStdin,
    told: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    pub(super) fn start() -> Self {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        assert!(
            clients.join("node_modules").exists(),
            "run `npm ci` in tests/clients first (make test does)"
        );
        let mut child = Command::new("node")
            .current_dir(clients)
            .arg("oidc_provider.mjs")
            .env("CLIENT_SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = told
            .find_map(|line| line.unwrap().strip_prefix("issuer ").map(str::to_owned))
            .expect("the provider ended");
        Self { issuer, folder: TempDir::new().unwrap(), child, orders, told }
    }

    /// A folder that ends with it.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Gives an order and waits until it is heard.
    pub(super) fn tell(&mut self, order: &Value) {
        writeln!(self.orders, "{order}").unwrap();
        assert!(self.told.any(|line| line.unwrap() == "done"), "the provider ended");
    }

    /// Who signs in from now on.
    pub(super) fn next(&mut self, sub: &str, email: &str, verified: bool) {
        self.tell(&person(sub, email, verified));
    }

    /// The same with an ID token that is not as it should be.
    pub(super) fn next_forged(&mut self, sub: &str, email: &str, forge: Value) {
        let mut order = person(sub, email, true);
        order["forge"] = forge;
        self.tell(&order);
    }

    /// Ends it.
    pub(super) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn person(sub: &str, email: &str, verified: bool) -> Value {
    let name = email.split('@').next().unwrap();
    json!({"sub": sub, "claims": {"email": email, "email_verified": verified, "name": format!("{name} of Acme")}})
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have been ended; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
