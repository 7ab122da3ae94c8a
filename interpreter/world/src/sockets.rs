//! Sockets: they are files, with a number each, that are made and spoken through in ways of their own.
//!
//! Addresses, families, kinds and options are the system's numbers, which are the same on all
//! targets. Whoever waits does so by [`World::poll`]; what is asked here of a socket that is not ready
//! is told so at once where the flags say that it should be ([`DO_NOT_WAIT`]).

use crate::answer::{Answer, Reader};
use crate::{Op, Piece, World};
use rustix::io::Errno;
use rustix::net::{
    self, AddressFamily, Protocol, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags,
    SendAncillaryBuffer, SendFlags, Shutdown, SocketAddrAny, SocketAddrUnix, SocketFlags,
    SocketType, sockopt,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// A flag of sending and receiving.
pub const DO_NOT_WAIT: u32 = 0x40;

/// Who one speaks with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    V4 {
        host: [u8; 4],
        port: u16,
    },
    V6 {
        host: [u8; 16],
        port: u16,
        flow: u32,
        scope: u32,
    },
    /// A path, or a name that begins with a zero; empty, if the socket has none.
    Unix(Vec<u8>),
    /// None, or one of another family.
    Unknown,
}

/// What [`World::receive_message`] gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub from: Address,
    /// The system's numbers of files that came with it.
    pub files: Vec<i32>,
    pub flags: u32,
    pub bytes: Vec<u8>,
}

impl Answer for Address {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Address::V4 { host, port } => {
                out.push(4);
                out.extend(host);
                port.put(out);
            }
            Address::V6 {
                host,
                port,
                flow,
                scope,
            } => {
                out.push(6);
                out.extend(host);
                port.put(out);
                flow.put(out);
                scope.put(out);
            }
            Address::Unix(name) => {
                out.push(1);
                name.put(out);
            }
            Address::Unknown => out.push(0),
        }
    }

    fn get(from: &mut Reader<'_>) -> Option<Address> {
        Some(match u8::get(from)? {
            4 => Address::V4 {
                host: from.array()?,
                port: u16::get(from)?,
            },
            6 => Address::V6 {
                host: from.array()?,
                port: u16::get(from)?,
                flow: u32::get(from)?,
                scope: u32::get(from)?,
            },
            1 => Address::Unix(Vec::get(from)?),
            0 => Address::Unknown,
            _ => return None,
        })
    }
}

impl Address {
    /// As the system wants it.
    fn any(&self) -> io::Result<SocketAddrAny> {
        Ok(match self {
            Address::V4 { host, port } => SocketAddrV4::new((*host).into(), *port).into(),
            Address::V6 {
                host,
                port,
                flow,
                scope,
            } => SocketAddrV6::new((*host).into(), *port, *flow, *scope).into(),
            Address::Unix(name) => match name.strip_prefix(b"\0") {
                Some(name) => SocketAddrUnix::new_abstract_name(name)?.into(),
                None => SocketAddrUnix::new(name.as_slice())?.into(),
            },
            Address::Unknown => return Err(Errno::AFNOSUPPORT.into()),
        })
    }

    fn of(any: Option<SocketAddrAny>) -> Address {
        let Some(any) = any else {
            return Address::Unknown;
        };
        if let Ok(address) = SocketAddr::try_from(any.clone()) {
            return Address::from(address);
        }
        let Ok(unix) = SocketAddrUnix::try_from(any) else {
            return Address::Unknown;
        };
        let hidden = unix.abstract_name().filter(|name| !name.is_empty());
        let hidden = hidden.map(|name| [b"\0", name].concat());
        let path = unix.path_bytes().map(<[u8]>::to_vec);
        Address::Unix(hidden.or(path).unwrap_or_default())
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Address {
        match address {
            SocketAddr::V4(address) => Address::V4 {
                host: address.ip().octets(),
                port: address.port(),
            },
            SocketAddr::V6(address) => Address::V6 {
                host: address.ip().octets(),
                port: address.port(),
                flow: address.flowinfo(),
                scope: address.scope_id(),
            },
        }
    }
}

/// An option of a socket: what it is called, and how it is read and set.
struct SocketOption {
    level: i32,
    name: i32,
    get: fn(BorrowedFd<'_>) -> rustix::io::Result<i64>,
    set: Option<fn(BorrowedFd<'_>, i64) -> rustix::io::Result<()>>,
}

const SOCKET: i32 = 1;
const TCP: i32 = 6;
const IPV6: i32 = 41;

/// The seconds that closing waits for; -1: not at all.
fn linger(file: BorrowedFd<'_>) -> rustix::io::Result<i64> {
    let time = sockopt::socket_linger(file)?;
    Ok(time.map_or(-1, |time| time.as_secs() as i64))
}

fn set_linger(file: BorrowedFd<'_>, seconds: i64) -> rustix::io::Result<()> {
    let time = u64::try_from(seconds).ok().map(Duration::from_secs);
    sockopt::set_socket_linger(file, time)
}

/// The error that waits on a socket, by its number; 0: none.
fn pending_error(file: BorrowedFd<'_>) -> rustix::io::Result<i64> {
    let error = sockopt::socket_error(file)?;
    Ok(error.map_or_else(|error| i64::from(error.raw_os_error()), |()| 0))
}

fn protocol(file: BorrowedFd<'_>) -> rustix::io::Result<i64> {
    let protocol = sockopt::socket_protocol(file)?;
    Ok(protocol.map_or(0, |protocol| i64::from(protocol.as_raw().get())))
}

macro_rules! options {
    ($($level:ident $name:literal $get:expr, $set:expr;)*) => {
        const OPTIONS: &[SocketOption] = &[$(SocketOption {
            level: $level,
            name: $name,
            get: $get,
            set: $set,
        },)*];
    };
}

options! {
    SOCKET 2 |f| sockopt::socket_reuseaddr(f).map(i64::from),
        Some(|f, v| sockopt::set_socket_reuseaddr(f, v != 0));
    SOCKET 3 |f| sockopt::socket_type(f).map(|kind| kind.as_raw().into()), None;
    SOCKET 4 pending_error, None;
    SOCKET 6 |f| sockopt::socket_broadcast(f).map(i64::from),
        Some(|f, v| sockopt::set_socket_broadcast(f, v != 0));
    SOCKET 7 |f| sockopt::socket_send_buffer_size(f).map(|size| size as i64),
        Some(|f, v| sockopt::set_socket_send_buffer_size(f, v as usize));
    SOCKET 8 |f| sockopt::socket_recv_buffer_size(f).map(|size| size as i64),
        Some(|f, v| sockopt::set_socket_recv_buffer_size(f, v as usize));
    SOCKET 9 |f| sockopt::socket_keepalive(f).map(i64::from),
        Some(|f, v| sockopt::set_socket_keepalive(f, v != 0));
    SOCKET 10 |f| sockopt::socket_oobinline(f).map(i64::from),
        Some(|f, v| sockopt::set_socket_oobinline(f, v != 0));
    SOCKET 13 linger, Some(set_linger);
    SOCKET 15 |f| sockopt::socket_reuseport(f).map(i64::from),
        Some(|f, v| sockopt::set_socket_reuseport(f, v != 0));
    SOCKET 30 |f| sockopt::socket_acceptconn(f).map(i64::from), None;
    SOCKET 38 protocol, None;
    SOCKET 39 |f| sockopt::socket_domain(f).map(|family| family.as_raw().into()), None;
    TCP 1 |f| sockopt::tcp_nodelay(f).map(i64::from),
        Some(|f, v| sockopt::set_tcp_nodelay(f, v != 0));
    IPV6 26 |f| sockopt::ipv6_v6only(f).map(i64::from),
        Some(|f, v| sockopt::set_ipv6_v6only(f, v != 0));
}

/// The option of a number, which not all have a use for.
fn option(level: i32, name: i32) -> io::Result<&'static SocketOption> {
    let mut all = OPTIONS.iter();
    let found = all.find(|option| option.level == level && option.name == name);
    found.ok_or_else(|| Errno::NOPROTOOPT.into())
}

/// Family, kind and protocol from the system's numbers.
fn described(
    family: i32,
    kind: i32,
    protocol: i32,
) -> io::Result<(AddressFamily, SocketType, Option<Protocol>)> {
    let family = u16::try_from(family).map_err(|_| Errno::AFNOSUPPORT)?;
    let kind = u32::try_from(kind).map_err(|_| Errno::INVAL)?;
    let protocol = u32::try_from(protocol).map_err(|_| Errno::PROTONOSUPPORT)?;
    Ok((
        AddressFamily::from_raw(family),
        SocketType::from_raw(kind),
        protocol.try_into().ok().map(Protocol::from_raw),
    ))
}

impl World {
    /// Calls `f` with a socket.
    fn with_socket<R>(
        &self,
        number: i32,
        f: impl FnOnce(BorrowedFd<'_>) -> rustix::io::Result<R>,
    ) -> io::Result<R> {
        self.with_file(number, |file| Ok(f(file)?))?
    }

    /// Makes a socket; its number.
    pub fn socket(&mut self, family: i32, kind: i32, protocol: i32) -> io::Result<i32> {
        self.tap(
            Op::Socket,
            |q| _ = q.number(family).number(kind).number(protocol),
            |world| {
                let (family, kind, protocol) = described(family, kind, protocol)?;
                let flags = SocketFlags::CLOEXEC;
                let socket = net::socket_with(family, kind, flags, protocol)?;
                Ok(world.keep(socket))
            },
        )
    }

    /// Two sockets that speak with each other.
    pub fn socket_pair(&mut self, family: i32, kind: i32, protocol: i32) -> io::Result<(i32, i32)> {
        self.tap(
            Op::SocketPair,
            |q| _ = q.number(family).number(kind).number(protocol),
            |world| {
                let (family, kind, protocol) = described(family, kind, protocol)?;
                let flags = SocketFlags::CLOEXEC;
                let (one, other) = net::socketpair(family, kind, flags, protocol)?;
                Ok((world.keep(one), world.keep(other)))
            },
        )
    }

    pub fn bind(&mut self, number: i32, address: &Address) -> io::Result<()> {
        self.tap(
            Op::Bind,
            |q| address.ask(q.number(number)),
            |world| {
                let address = address.any()?;
                world.with_socket(number, |socket| net::bind(socket, &address))
            },
        )
    }

    /// At most `waiting` may wait to be accepted.
    pub fn listen(&mut self, number: i32, waiting: i32) -> io::Result<()> {
        self.tap(
            Op::Listen,
            |q| _ = q.number(number).number(waiting),
            |world| world.with_socket(number, |socket| net::listen(socket, waiting)),
        )
    }

    /// Who comes, as a socket, and where from.
    pub fn accept(&mut self, number: i32) -> io::Result<(i32, Address)> {
        self.tap(
            Op::Accept,
            |q| _ = q.number(number),
            |world| {
                let flags = SocketFlags::CLOEXEC;
                let (socket, from) =
                    world.with_socket(number, |socket| net::acceptfrom_with(socket, flags))?;
                Ok((world.keep(socket), Address::of(from)))
            },
        )
    }

    pub fn connect(&mut self, number: i32, address: &Address) -> io::Result<()> {
        self.tap(
            Op::Connect,
            |q| address.ask(q.number(number)),
            |world| {
                let address = address.any()?;
                world.with_socket(number, |socket| net::connect(socket, &address))
            },
        )
    }

    /// At most `most` bytes, and where from, as far as the kind of socket tells.
    pub fn receive(
        &mut self,
        number: i32,
        most: usize,
        flags: u32,
    ) -> io::Result<(Address, Vec<u8>)> {
        let received = self.tap(
            Op::Receive,
            |q| _ = q.number(number).number(most as i64).number(flags),
            |world| {
                let mut bytes = vec![0; most];
                let flags = RecvFlags::from_bits_retain(flags);
                let (count, _, from) = world.with_socket(number, |socket| {
                    net::recvfrom(socket, bytes.as_mut_slice(), flags)
                })?;
                bytes.truncate(count);
                Ok((Address::of(from), Piece::from(bytes)))
            },
        );
        received.map(|(from, bytes)| (from, bytes.into_vec()))
    }

    /// Sends, to an address if one is named; how many bytes were taken.
    pub fn send(
        &mut self,
        number: i32,
        data: &[u8],
        flags: u32,
        to: Option<&Address>,
    ) -> io::Result<usize> {
        let sent = self.tap(
            Op::Send,
            |q| {
                let to = to.unwrap_or(&Address::Unknown);
                to.ask(q.number(number).number(flags).bytes(data));
            },
            |world| {
                let flags = SendFlags::from_bits_retain(flags) | SendFlags::NOSIGNAL;
                let to = to.map(Address::any).transpose()?;
                world.with_socket(number, |socket| match &to {
                    Some(to) => net::sendto(socket, data, flags, to),
                    None => net::send(socket, data, flags),
                })
            },
        );
        sent.map(|count| count.min(data.len()))
    }

    /// At most `most` bytes, where from, flags of the message, and at most so many files that were sent with
    /// it, by the numbers that they have here. Further data of other kinds is dropped.
    pub fn receive_message(
        &mut self,
        number: i32,
        most: usize,
        files: usize,
        flags: u32,
    ) -> io::Result<Message> {
        let received = self.tap(
            Op::ReceiveMessage,
            |q| {
                q.number(number).number(most as i64);
                q.number(files as i64).number(flags);
            },
            |world| {
                let mut bytes = vec![0; most];
                let flags = RecvFlags::from_bits_retain(flags) | RecvFlags::CMSG_CLOEXEC;
                let room = net::SendAncillaryMessage::ScmRights(&[]).size();
                let mut room = vec![MaybeUninit::uninit(); room + files * size_of::<i32>() + 8];
                let mut further = RecvAncillaryBuffer::new(match files {
                    0 => &mut [],
                    _ => &mut room,
                });
                let received = world.with_socket(number, |socket| {
                    let mut parts = [IoSliceMut::new(&mut bytes)];
                    net::recvmsg(socket, &mut parts, &mut further, flags)
                })?;
                let mut numbers = Vec::new();
                for message in further.drain() {
                    if let RecvAncillaryMessage::ScmRights(files) = message {
                        numbers.extend(files.map(|file| world.keep(file)));
                    }
                }
                bytes.truncate(received.bytes);
                let flags = received.flags.bits() & !RecvFlags::CMSG_CLOEXEC.bits();
                let from = Address::of(received.address);
                Ok((from, (numbers, (flags, Piece::from(bytes)))))
            },
        );
        received.map(|(from, (files, (flags, bytes)))| Message {
            from,
            files,
            flags,
            bytes: bytes.into_vec(),
        })
    }

    /// Sends, with further files for the receiver, to an address if one is named; how many bytes were
    /// taken.
    pub fn send_message(
        &mut self,
        number: i32,
        data: &[u8],
        files: &[i32],
        flags: u32,
        to: Option<&Address>,
    ) -> io::Result<usize> {
        let sent = self.tap(
            Op::SendMessage,
            |q| {
                files.iter().for_each(|&file| _ = q.number(file));
                let to = to.unwrap_or(&Address::Unknown);
                to.ask(q.number(number).number(flags).bytes(data));
            },
            |world| {
                let flags = SendFlags::from_bits_retain(flags) | SendFlags::NOSIGNAL;
                let to = to.map(Address::any).transpose()?;
                let files: Vec<OwnedFd> = (files.iter())
                    .map(|&file| world.duplicate_owned(file))
                    .collect::<io::Result<_>>()?;
                let files: Vec<BorrowedFd<'_>> = files.iter().map(AsFd::as_fd).collect();
                let rights = net::SendAncillaryMessage::ScmRights(&files);
                let mut room = vec![MaybeUninit::uninit(); rights.size()];
                let mut further = SendAncillaryBuffer::new(&mut room);
                if !files.is_empty() && !further.push(rights) {
                    return Err(Errno::INVAL.into());
                }
                world.with_socket(number, |socket| {
                    let parts = [IoSlice::new(data)];
                    match &to {
                        Some(to) => net::sendmsg_addr(socket, to, &parts, &mut further, flags),
                        None => net::sendmsg(socket, &parts, &mut further, flags),
                    }
                })
            },
        );
        sent.map(|count| count.min(data.len()))
    }

    /// Ends one direction or both: 0 what comes, 1 what goes, 2 both.
    pub fn shut_down(&mut self, number: i32, how: i32) -> io::Result<()> {
        self.tap(
            Op::ShutDown,
            |q| _ = q.number(number).number(how),
            |world| {
                let how = match how {
                    0 => Shutdown::Read,
                    1 => Shutdown::Write,
                    2 => Shutdown::Both,
                    _ => return Err(Errno::INVAL.into()),
                };
                world.with_socket(number, |socket| net::shutdown(socket, how))
            },
        )
    }

    /// A socket's own address.
    pub fn own_address(&mut self, number: i32) -> io::Result<Address> {
        self.tap(
            Op::OwnAddress,
            |q| _ = q.number(number),
            |world| {
                let address = world.with_socket(number, |socket| net::getsockname(socket))?;
                Ok(Address::of(Some(address)))
            },
        )
    }

    /// The address of the one that it is connected with.
    pub fn peer_address(&mut self, number: i32) -> io::Result<Address> {
        self.tap(
            Op::PeerAddress,
            |q| _ = q.number(number),
            |world| {
                let address = world.with_socket(number, |socket| net::getpeername(socket))?;
                Ok(match Address::of(address) {
                    // The other end of a pair has no name.
                    Address::Unknown => Address::Unix(Vec::new()),
                    address => address,
                })
            },
        )
    }

    /// An option's value; the time of lingering is in seconds, -1: none.
    pub fn socket_option(&mut self, number: i32, level: i32, name: i32) -> io::Result<i64> {
        self.tap(
            Op::SocketOption,
            |q| _ = q.number(number).number(level).number(name),
            |world| {
                let option = option(level, name)?;
                world.with_socket(number, option.get)
            },
        )
    }

    pub fn set_socket_option(
        &mut self,
        number: i32,
        level: i32,
        name: i32,
        value: i64,
    ) -> io::Result<()> {
        self.tap(
            Op::SetSocketOption,
            |q| _ = q.number(number).number(level).number(name).number(value),
            |world| {
                let set = option(level, name)?.set.ok_or(Errno::NOPROTOOPT)?;
                world.with_socket(number, |socket| set(socket, value))
            },
        )
    }

    /// Whether operations on an open file wait.
    pub fn set_blocking(&mut self, number: i32, waits: bool) -> io::Result<()> {
        self.tap(
            Op::SetBlocking,
            |q| _ = q.number(number).number(waits),
            |world| world.with_socket(number, |file| rustix::io::ioctl_fionbio(file, !waits)),
        )
    }

    /// The addresses of a host that the system knows by a name, without ports.
    pub fn resolve(&mut self, name: &str) -> io::Result<Vec<Address>> {
        self.tap(
            Op::Resolve,
            |q| _ = q.bytes(name.as_bytes()),
            |_| Ok((name, 0).to_socket_addrs()?.map(Address::from).collect()),
        )
    }

    /// What this machine is called.
    pub fn host_name(&mut self) -> Vec<u8> {
        self.tap(
            Op::HostName,
            |_| (),
            |_| rustix::system::uname().nodename().to_bytes().to_vec(),
        )
    }
}

impl Address {
    fn ask(&self, question: &mut crate::Question) {
        let mut bytes = Vec::new();
        self.put(&mut bytes);
        question.bytes(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loopback() -> Address {
        Address::V4 {
            host: [127, 0, 0, 1],
            port: 0,
        }
    }

    #[test]
    fn addresses_are_written_and_read() {
        let mut long = [0; 16];
        long[15] = 1;
        for address in [
            loopback(),
            Address::V6 {
                host: long,
                port: 80,
                flow: 1,
                scope: 2,
            },
            Address::Unix(b"/tmp/name".to_vec()),
            Address::Unix(Vec::new()),
            Address::Unknown,
        ] {
            let mut bytes = Vec::new();
            address.put(&mut bytes);
            assert_eq!(Address::get(&mut Reader::new(&bytes)), Some(address));
        }
        assert_eq!(Address::get(&mut Reader::new(&[9])), None);
    }

    #[test]
    fn one_speaks_over_loopback() -> io::Result<()> {
        let mut world = World::new();
        let server = world.socket(2, 1, 0)?;
        world.bind(server, &loopback())?;
        world.listen(server, 1)?;
        let address = world.own_address(server)?;
        let client = world.socket(2, 1, 0)?;
        world.connect(client, &address)?;
        assert_eq!(world.peer_address(client)?, address);
        let (session, from) = world.accept(server)?;
        assert_eq!(world.own_address(client)?, from);
        assert_eq!(world.send(client, b"hello", 0, None)?, 5);
        world.shut_down(client, 1)?;
        assert_eq!(world.receive(session, 3, 0)?.1, b"hel");
        assert_eq!(world.receive(session, 3, 0)?.1, b"lo");
        assert_eq!(world.receive(session, 3, 0)?.1, b"");
        let nothing = world.receive(client, 3, DO_NOT_WAIT).map_err(|e| e.kind());
        assert_eq!(nothing, Err(io::ErrorKind::WouldBlock));
        Ok(())
    }

    #[test]
    fn options_are_set_and_unknown_ones_refused() -> io::Result<()> {
        let mut world = World::new();
        let (one, _) = world.socket_pair(1, 1, 0)?;
        assert_eq!(world.socket_option(one, SOCKET, 3)?, 1);
        world.set_socket_option(one, SOCKET, 13, 5)?;
        assert_eq!(world.socket_option(one, SOCKET, 13)?, 5);
        let refused = world.set_socket_option(one, SOCKET, 9999, 1);
        let number = refused.err().and_then(|error| error.raw_os_error());
        assert_eq!(number, Some(Errno::NOPROTOOPT.raw_os_error()));
        Ok(())
    }
}
