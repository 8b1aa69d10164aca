//! The listening socket, to be closed before the server stops: whoever comes then is refused at once, and a balancer takes
//! the next server. What has come in is still answered. (The framework closes it in the same moment as it drops
//! connections that wait for one of its threads: those would end without an answer.)

use std::fs::File;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

/// How long requests that came in before the door was closed may take to begin.
pub const LAST_REQUESTS: Duration = Duration::from_millis(500);
/// How often it is looked whether connections wait, a millisecond apart.
const TRIES: u32 = 200;

/// See the module.
#[derive(Debug)]
pub struct Door(TcpStream);

impl Door {
    /// The same socket as the listener's.
    ///
    /// # Errors
    /// The process has no descriptor left.
    pub fn of(listener: &TcpListener) -> std::io::Result<Self> {
        // What can be shut down is a stream for the standard library; for the system it is a socket.
        Ok(Self(TcpStream::from(OwnedFd::from(listener.try_clone()?))))
    }

    /// Refuses new connections from now on, in a moment in which none waits to be taken.
    pub async fn close(&self) {
        for _ in 0..TRIES {
            if !self.is_awaited() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if let Err(error) = self.0.shutdown(Shutdown::Both) {
            tracing::warn!(%error, "new connections are not refused yet");
        }
    }
}

impl Door {
    /// Whether connections wait that nobody has taken yet: the system tells their number as what a listening socket
    /// has received.
    fn is_awaited(&self) -> bool {
        let Ok(socket) = self.0.as_fd().try_clone_to_owned().map(File::from).and_then(|file| file.metadata())
        else {
            return false;
        };
        let inode = socket.ino().to_string();
        ["/proc/self/net/tcp", "/proc/self/net/tcp6"].iter().any(|table| {
            std::fs::read_to_string(table).is_ok_and(|text| text.lines().any(|line| awaited(line, &inode)))
        })
    }
}

/// Whether a line of the table is of this socket and tells that something waits there.
fn awaited(line: &str, inode: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let received = fields.get(4).and_then(|queues| queues.split_once(':')).map(|(_, received)| received);
    fields.get(9) == Some(&inode) && received.is_some_and(|count| count.contains(|digit| digit != '0'))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[tokio::test]
    async fn a_closed_door_refuses_who_comes_and_keeps_who_is_in() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door::of(&listener).unwrap();
        assert!(!door.is_awaited());
        let mut inside = TcpStream::connect(address).unwrap();
        assert!(door.is_awaited());
        let (mut theirs, _) = listener.accept().unwrap();
        assert!(!door.is_awaited());
        door.close().await;
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        inside.write_all(b"still here").unwrap();
        let mut heard = [0; 10];
        theirs.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"still here");
    }
}
