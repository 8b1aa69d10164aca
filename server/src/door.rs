//! The listening socket, to be closed before the server stops: whoever comes then is refused at once, and a balancer takes
//! the next server. What has come in is still answered. (The framework closes it in the same moment as it drops
//! connections that wait for one of its threads: those would end without an answer.) A connection that comes in the very
//! moment of closing would be taken by the system and dropped with the socket; so first the system takes none.

use std::fs::File;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use socket2::{SockFilter, SockRef};

/// How long requests that came in before the door was closed may take to begin.
pub const LAST_REQUESTS: Duration = Duration::from_millis(500);
/// How long connections that have begun may take until they are there, before the door is closed.
const HANDSHAKES: Duration = Duration::from_millis(100);
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

    /// Refuses new connections from now on, in a moment in which none waits to be taken. Whoever begins to connect shortly
    /// before that is not heard, asks again after a second by itself (TCP does) and is refused then.
    pub async fn close(&self) {
        match SockRef::from(&self.0).attach_filter(&deaf_to_beginnings()) {
            Ok(()) => tokio::time::sleep(HANDSHAKES).await,
            Err(error) => tracing::warn!(%error, "whoever connects in the last moment may be cut off"),
        }
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

/// The part of TCP's header that says what a packet is for, and two of its bits.
const FLAGS: u32 = 13;
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

/// A program of the system's packet filter (`man 7 socket`, `SO_ATTACH_FILTER`; the kernel's networking/filter.rst): drops
/// what begins a connection and keeps all else.
fn deaf_to_beginnings() -> [SockFilter; 5] {
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN | ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ]
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

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_comes_in_the_moment_of_closing_is_answered_or_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door::of(&listener).unwrap();
        let server = std::thread::spawn(move || {
            // Shut down, the socket takes nobody any more.
            while let Ok((mut inside, _)) = listener.accept() {
                inside.write_all(b"come in").unwrap();
            }
        });
        let clients: Vec<_> = (0..8)
            .map(|_| {
                std::thread::spawn(move || {
                    let mut answered = 0;
                    loop {
                        let Ok(mut stream) = TcpStream::connect(address).inspect_err(|error| {
                            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
                        }) else {
                            return answered;
                        };
                        let mut heard = String::new();
                        stream.read_to_string(&mut heard).unwrap();
                        assert_eq!(heard, "come in");
                        answered += 1;
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        door.close().await;
        for client in clients {
            assert!(client.join().unwrap() > 0);
        }
        server.join().unwrap();
    }
}
