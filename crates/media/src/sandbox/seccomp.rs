//! The system calls that decoding and encoding need, and no others.

use super::SandboxError;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter_all_threads,
};
use std::collections::BTreeMap;

/// Allowed whatever their arguments.
const ALLOWED: &[libc::c_long] = &[
    // The socket to the parent, standard error.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_ppoll,
    libc::SYS_shutdown,
    // Memory.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads. `clone3` is answered by the other filter.
    libc::SYS_clone3,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_membarrier,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    // Signals to itself: handlers, abort.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Clocks, chance, accounts.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_getrlimit,
    libc::SYS_uname,
    libc::SYS_getcpu,
    libc::SYS_sysinfo,
];

fn filter(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matching: SeccompAction,
) -> Result<BpfProgram, SandboxError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    Ok(BpfProgram::try_from(SeccompFilter::new(rules, otherwise, matching, arch)?)?)
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(u32::try_from(number).unwrap_or(1))
}

/// A rule on one argument, compared as 64 bits or as the lower 32.
fn argument(index: u8, wide: bool, compare: SeccompCmpOp, value: u64) -> Result<SeccompRule, SandboxError> {
    let length = if wide { SeccompCmpArgLen::Qword } else { SeccompCmpArgLen::Dword };
    Ok(SeccompRule::new(vec![SeccompCondition::new(index, length, compare, value)?])?)
}

/// Everything that is not listed fails with EPERM; the child lives on.
pub(super) fn enter() -> Result<(), SandboxError> {
    // The flags of `clone3` lie in memory, out of a filter's sight: ENOSYS makes
    // the C library take `clone`, whose flags are an argument.
    let no_clone3 =
        filter(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), SeccompAction::Allow, errno(libc::ENOSYS))?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|number| (*number, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_poll, Vec::new());
    let number = |value: libc::c_int| u64::try_from(value).unwrap_or(0);
    // A thread, never a process.
    let thread = number(libc::CLONE_THREAD | libc::CLONE_VM);
    rules.insert(libc::SYS_clone, vec![argument(0, true, SeccompCmpOp::MaskedEq(thread), thread)?]);
    // No memory becomes code.
    let execute = number(libc::PROT_EXEC);
    rules.insert(libc::SYS_mprotect, vec![argument(2, false, SeccompCmpOp::MaskedEq(execute), 0)?]);
    rules.insert(libc::SYS_mmap, vec![argument(2, false, SeccompCmpOp::MaskedEq(execute), 0)?]);
    // Names of threads.
    rules.insert(libc::SYS_prctl, vec![argument(0, false, SeccompCmpOp::Eq, number(libc::PR_SET_NAME))?]);
    // Reading own limits, not setting them (a null pointer for the new ones).
    rules.insert(libc::SYS_prlimit64, vec![argument(2, true, SeccompCmpOp::Eq, 0)?]);
    // Signals to itself only: `abort` and `raise`.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![argument(0, false, SeccompCmpOp::Eq, own)?]);
    let allow_list = filter(rules, errno(libc::EPERM), SeccompAction::Allow)?;
    apply_filter_all_threads(&no_clone3)?;
    apply_filter_all_threads(&allow_list)?;
    Ok(())
}
