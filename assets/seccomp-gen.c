/*
 * seccomp-gen.c - compiles seccomp.profile to classic BPF, as a C header
 *
 * Runs when Drydock is built.  A filter is loaded at each start of a container,
 * and its size is what that costs, so this writes its own: a binary search over
 * ranges of system call numbers (about 200 instructions; libseccomp's export
 * has more than a thousand).  libseccomp only turns names into numbers.
 *
 * Three filters: `range`, for a map with subordinate ids, and `one`, for a single
 * id, in which the calls that need another id, tell one, or must be held to one go
 * to the supervisor (sandbox/runtime/supervise.h).  Opens for reading do not, there are
 * many; `held` is for a user who is not root from the start: they do.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#if defined(__x86_64__)
#define ARCH_AUDIT AUDIT_ARCH_X86_64
#define ARCH_SCMP SCMP_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH_AUDIT AUDIT_ARCH_AARCH64
#define ARCH_SCMP SCMP_ARCH_AARCH64
#else
#error "seccomp-gen knows x86-64 and arm64"
#endif

enum { CALLS = 600, CODE = 2048, NEWEST = 470 };

enum action {
	DENY,  /* EPERM */
	NOSYS, /* ENOSYS */
	ALLOW,
	NOTIFY,  /* ask the supervisor */
	CLONE,   /* no new namespaces */
	PERSON,  /* personality: the harmless ones */
	SOCKET,  /* not AF_ALG, not AF_VSOCK */
	OPEN,    /* NOTIFY for writing or creating, else allowed; flags are argument 1 */
	OPENAT,  /* the same, argument 2 */
	SETLIM,  /* one resource is the supervisor's (argument 0): pretend */
	GETLIM,  /* the same: NOTIFY */
	PRLIMIT, /* the same, argument 1 */
	ACTIONS
};

/* What the supervisor answers, records or enforces. */
static const char *const notified[] = {"setuid", "setgid", "setreuid", "setregid",
    "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "getuid", "geteuid",
    "getgid", "getegid", "getresuid", "getresgid", "getgroups", "chown", "fchown",
    "lchown", "fchownat", "stat", "lstat", "fstat", "newfstatat", "statx", "chmod",
    "fchmod", "fchmodat", "fchmodat2", "mknod", "mknodat", "setxattr", "lsetxattr",
    "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "access", "faccessat",
    "faccessat2", "creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat",
    "renameat2", "link", "linkat", "symlink", "symlinkat", "truncate", "chroot", NULL};

/* For a user who is not root from the start also these.  Package managers, as root, make
 * them by the ten thousand; who becomes another user later could remove empty folders
 * and change times that are not his, and read. */
static const char *const held[] = {
    "open", "openat", "rmdir", "utime", "utimes", "utimensat", "futimesat", NULL};

/* Younger calls that could get round it; every libc falls back. */
static const char *const avoided[] = {"openat2", "setxattrat", "removexattrat", NULL};

static struct sock_filter code[CODE];
static int len;

static int
emit(struct sock_filter f)
{
	if (len == CODE)
		exit((fputs("seccomp-gen: the filter is too long\n", stderr), 1));
	code[len] = f;
	return len++;
}

static int
load(size_t offset)
{
	return emit(
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static int
ret(unsigned value)
{
	return emit((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

static int
jump(unsigned op, unsigned k, unsigned char yes, unsigned char no)
{
	return emit((struct sock_filter)BPF_JUMP(BPF_JMP | op | BPF_K, k, yes, no));
}

static size_t
arg(int n)
{
	return offsetof(struct seccomp_data, args) + (size_t)n * 8;
}

/* Little endian: the low half comes first; the flags looked at lie in it. */
static void
leaf(enum action a)
{
	static const unsigned persons[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};

	switch (a) {
	case ALLOW: ret(SECCOMP_RET_ALLOW); break;
	case NOTIFY: ret(SECCOMP_RET_USER_NOTIF); break;
	case NOSYS: ret(SECCOMP_RET_ERRNO | ENOSYS); break;
	case CLONE:
		load(arg(0));
		jump(BPF_JSET,
		    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
			CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP,
		    0, 1);
		ret(SECCOMP_RET_ERRNO | EPERM);
		ret(SECCOMP_RET_ALLOW);
		break;
	case PERSON:
		load(arg(0));
		for (int i = 0; i < 5; i++)
			jump(BPF_JEQ, persons[i], (unsigned char)(5 - i), 0);
		ret(SECCOMP_RET_ERRNO | EPERM);
		ret(SECCOMP_RET_ALLOW);
		break;
	case SOCKET:
		load(arg(0));
		jump(BPF_JEQ, 38, 1, 0); /* AF_ALG */
		jump(BPF_JEQ, 40, 0, 1); /* AF_VSOCK */
		ret(SECCOMP_RET_ERRNO | EPERM);
		ret(SECCOMP_RET_ALLOW);
		break;
	case OPEN:
	case OPENAT:
		load(arg(a == OPEN ? 1 : 2));
		jump(BPF_JSET, O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY),
		    0, 1);
		ret(SECCOMP_RET_USER_NOTIF);
		ret(SECCOMP_RET_ALLOW);
		break;
	case SETLIM:
	case GETLIM:
	case PRLIMIT:
		load(arg(a == PRLIMIT ? 1 : 0));
		jump(BPF_JEQ, RLIMIT_LOCKS, 0, 1);
		ret(a == SETLIM ? SECCOMP_RET_ERRNO : SECCOMP_RET_USER_NOTIF);
		ret(SECCOMP_RET_ALLOW);
		break;
	default: ret(SECCOMP_RET_ERRNO | EPERM); break;
	}
}

struct range {
	unsigned from;
	enum action action;
};

/* Numbers first..last are decided by ranges[lo..hi]; a leaf is at most 8 long, so a
 * jump over half a tree may not fit in 8 bits: a long jump (BPF_JA) reaches anywhere. */
static void
search(const struct range *r, int lo, int hi)
{
	int mid = (lo + hi + 1) / 2, over;

	if (lo == hi) {
		leaf(r[lo].action);
		return;
	}
	jump(BPF_JGE, r[mid].from, 0, 1);
	over = emit((struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
	search(r, lo, mid - 1);
	code[over].k = (unsigned)(len - over - 1);
	/* each leaf of the low half returns, so falling through cannot happen */
	search(r, mid, hi);
}

static void
set(enum action *table, const char *name, enum action a)
{
	int nr = seccomp_syscall_resolve_name_arch(ARCH_SCMP, name);

	if (nr >= 0 && nr < CALLS)
		table[nr] = a;
}

static void
set_all(enum action *table, const char *const *names, enum action a)
{
	for (int i = 0; names[i] != NULL; i++)
		set(table, names[i], a);
}

static void
read_profile(const char *file, enum action *table)
{
	char line[4096], *save, *word;
	FILE *f = fopen(file, "r");

	if (f == NULL)
		exit((perror(file), 1));
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '#')
			continue;
		for (word = strtok_r(line, " \n", &save); word;
		     word = strtok_r(NULL, " \n", &save))
			set(table, word, ALLOW);
	}
	fclose(f);
}

static void
write_filter(const char *name, const enum action *table)
{
	struct range r[CALLS + 1];
	int n = 0;

	len = 0;
	load(offsetof(struct seccomp_data, arch));
	jump(BPF_JEQ, ARCH_AUDIT, 1, 0);
	ret(SECCOMP_RET_ERRNO |
	    ENOSYS); /* other ABIs of the same CPU do not exist here */
	load(offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < CALLS; i++)
		if (n == 0 || table[i] != r[n - 1].action)
			r[n++] = (struct range){i, table[i]};
	if (r[n - 1].action != NOSYS)
		r[n++] = (struct range){CALLS, NOSYS};
	search(r, 0, n - 1);
	printf("static const struct sock_filter seccomp_%s[%d] = {\n", name, len);
	for (int i = 0; i < len; i++)
		printf("\t{0x%x, %d, %d, 0x%x},\n", code[i].code, code[i].jt, code[i].jf,
		    code[i].k);
	printf("};\n");
}

int
main(int argc, char **argv)
{
	static enum action table[CALLS];

	if (argc != 2)
		return fputs("usage: seccomp-gen PROFILE\n", stderr), 2;
	for (int i = NEWEST; i < CALLS; i++)
		table[i] = NOSYS;
	read_profile(argv[1], table);
	set(table, "clone", CLONE);
	set(table, "clone3", NOSYS);
	set(table, "personality", PERSON);
	set(table, "socket", SOCKET);
	printf("/* made from seccomp.profile by seccomp-gen */\n");
	write_filter("range", table);
	set_all(table, notified, NOTIFY);
	set_all(table, avoided, NOSYS);
	set(table, "open", OPEN);
	set(table, "openat", OPENAT);
	set(table, "setrlimit", SETLIM);
	set(table, "getrlimit", GETLIM);
	set(table, "prlimit64", PRLIMIT);
	write_filter("one", table);
	set_all(table, held, NOTIFY);
	write_filter("held", table);
	return 0;
}
