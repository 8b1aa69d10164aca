//! Tries the walls from inside, for tests: each attempt and what came of it.

use serde::{Deserialize, Serialize};
use std::io;

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was tried.
    pub name: String,
    /// The error number, 0 when it worked.
    pub errno: i32,
}

/// Tries a connection, files, another program, another process, much memory.
pub fn attempts() -> Vec<Attempt> {
    vec![
        attempt("read_file", || std::fs::File::open("/etc/passwd").map(drop)),
        attempt("write_file", || {
            let path = std::env::temp_dir().join(format!("meridian-probe-{}", std::process::id()));
            std::fs::File::create(&path)?;
            std::fs::remove_file(path)
        }),
        attempt("list_folder", || std::fs::read_dir("/").map(drop)),
        attempt("many_files", || {
            let files: Vec<_> = (0..64).map(|_| std::io::stdin().lock().try_clone_owned()).collect();
            files.into_iter().collect::<io::Result<Vec<_>>>().map(drop)
        }),
        attempt("tcp_socket", || raw(socket)),
        attempt("tcp_connect", || match std::net::TcpStream::connect("127.0.0.1:9") {
            // Nobody listens there: the connection itself was allowed.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            other => other.map(drop),
        }),
        attempt("execute", || std::process::Command::new("/bin/true").status().map(drop)),
        attempt("fork", || raw(fork)),
        attempt("signal_parent", || raw(signal_parent)),
        attempt("memory_8_gib", || raw(map_much)),
        attempt("executable_memory", || raw(map_executable)),
        attempt("thread", || std::thread::Builder::new().spawn(|| ()).map(|thread| drop(thread.join()))),
    ]
}

fn attempt(name: &str, act: impl FnOnce() -> io::Result<()>) -> Attempt {
    let errno = match act() {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(-1),
    };
    Attempt { name: name.to_owned(), errno }
}

fn raw(call: fn() -> libc::c_long) -> io::Result<()> {
    if call() < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

trait TryCloneOwned {
    fn try_clone_owned(&self) -> io::Result<std::os::fd::OwnedFd>;
}

impl<T: std::os::fd::AsFd> TryCloneOwned for T {
    fn try_clone_owned(&self) -> io::Result<std::os::fd::OwnedFd> {
        self.as_fd().try_clone_to_owned()
    }
}

#[expect(unsafe_code, reason = "the bare system call is what is tried")]
fn socket() -> libc::c_long {
    // SAFETY: plain numbers; the result is closed when it is one.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0);
        if socket >= 0 {
            libc::close(socket);
        }
        libc::c_long::from(socket)
    }
}

#[expect(unsafe_code, reason = "the bare system call is what is tried")]
fn fork() -> libc::c_long {
    // SAFETY: the new process leaves at once and touches nothing.
    unsafe {
        match libc::fork() {
            0 => libc::_exit(0),
            child => {
                if child > 0 {
                    libc::waitpid(child, std::ptr::null_mut(), 0);
                }
                libc::c_long::from(child)
            }
        }
    }
}

#[expect(unsafe_code, reason = "the bare system call is what is tried")]
fn signal_parent() -> libc::c_long {
    // SAFETY: signal 0 only asks whether it would be allowed.
    unsafe { libc::c_long::from(libc::kill(libc::getppid(), 0)) }
}

#[expect(unsafe_code, reason = "the bare system call is what is tried")]
fn map(bytes: usize, protection: libc::c_int) -> libc::c_long {
    // SAFETY: a fresh private mapping, never touched, unmapped at once.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let at = libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0);
        if at == libc::MAP_FAILED {
            return -1;
        }
        libc::munmap(at, bytes);
        0
    }
}

fn map_much() -> libc::c_long {
    map(8 << 30, libc::PROT_READ | libc::PROT_WRITE)
}

fn map_executable() -> libc::c_long {
    map(4096, libc::PROT_READ | libc::PROT_EXEC)
}
