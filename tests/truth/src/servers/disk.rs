//! A disk that can lose power: an ext4 file system in a file, which the kernel shuts down without
//! flushing its log. What was not synced is lost then, as on a real machine; xfstests tests file
//! systems in the same way.

use super::Failure;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `_IOR('X', 125, __u32)`, include/uapi/linux/fs.h.
const FS_IOC_SHUTDOWN: libc::c_ulong = 0x8004_587d;
/// Shut down at once, without flushing the log.
const NO_LOG_FLUSH: u32 = 2;

/// A mounted disk; it is unmounted when dropped.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    place: PathBuf,
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) -> Result<(), Failure> {
    let out = Command::new(program).args(arguments).output();
    let out = out.map_err(|e| format!("{program}: {e}"))?;
    match out.status.success() {
        true => Ok(()),
        false => Err(format!("{program}: {}", String::from_utf8_lossy(&out.stderr).trim())),
    }
}

impl Disk {
    /// Makes an empty file system, and mounts it. Its log is committed every 300 s, and whenever
    /// somebody syncs.
    ///
    /// # Errors
    /// Of the operating system, which must have loop devices.
    pub fn mount(image: &Path, place: &Path) -> Result<Disk, Failure> {
        let size = 1 << 30;
        let made = File::create(image).and_then(|file| file.set_len(size));
        made.map_err(|e| format!("{}: {e}", image.display()))?;
        run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), image.as_os_str()])?;
        let disk = Disk { image: image.to_owned(), place: place.to_owned() };
        disk.attach()?;
        Ok(disk)
    }

    fn attach(&self) -> Result<(), Failure> {
        let options = ["-o".as_ref(), "loop,commit=300".as_ref()];
        run("mount", &[options[0], options[1], self.image.as_os_str(), self.place.as_os_str()])
    }

    fn open(&self) -> Result<File, Failure> {
        File::open(&self.place).map_err(|e| format!("{}: {e}", self.place.display()))
    }

    /// Syncs everything that is written so far.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn sync(&self) -> Result<(), Failure> {
        let folder = self.open()?;
        // SAFETY: syncfs reads nothing but the open descriptor.
        match unsafe { libc::syncfs(folder.as_raw_fd()) } {
            0 => Ok(()),
            _ => Err(format!("syncfs: {}", std::io::Error::last_os_error())),
        }
    }

    /// Drops what was not synced: from now on nothing reaches the disk.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn lose_power(&self) -> Result<(), Failure> {
        let folder = self.open()?;
        let how = NO_LOG_FLUSH;
        // SAFETY: the ioctl reads one u32, which outlives the call.
        match unsafe { libc::ioctl(folder.as_raw_fd(), FS_IOC_SHUTDOWN, &raw const how) } {
            0 => Ok(()),
            _ => Err(format!("FS_IOC_SHUTDOWN: {}", std::io::Error::last_os_error())),
        }
    }

    /// Mounts the disk again as the power loss left it. Nobody may use it.
    ///
    /// # Errors
    /// Of the operating system.
    pub fn return_power(&self) -> Result<(), Failure> {
        run("umount", &[self.place.as_os_str()])?;
        self.attach()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = run("umount", &[self.place.as_os_str()]);
    }
}
