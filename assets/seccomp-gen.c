/*
 * seccomp-gen.c - compiles seccomp.profile to classic BPF, as a C header
 *
 * Runs when Drydock is built.  A filter is loaded at each start of a container, and
 * making one costs more than loading it, so the usual ones are made here, by
 * sandbox/runtime/filter.c, which makes the unusual ones (--cap-add, a profile of one's
 * own) at run time from the tables that are written here too.  libseccomp only turns
 * names into numbers.
 *
 * Which calls go to the supervisor (sandbox/runtime/supervise.h) makes the difference.
 * With a single id: in `one` those that need another id, tell one, or must be held to
 * one.  Opens for reading do not, there are many; `held` is for a user who is not root
 * from the start: they do.  With subordinate ids: in `range` the making of devices
 * alone, in `told` also what tells them; `plain` asks nobody.
 */
#include "sandbox/runtime/filter.h"
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define ARCH_SCMP SCMP_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH_SCMP SCMP_ARCH_AARCH64
#else
#error "seccomp-gen knows x86-64 and arm64"
#endif

enum { NEWEST = 470 };

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

/* With subordinate ids, where devices are likely to be met. */
static const char *const telling[] = {
    "stat", "lstat", "fstat", "newfstatat", "statx", NULL};

/* Younger calls that could get round it; every libc falls back. */
static const char *const avoided[] = {"openat2", "setxattrat", "removexattrat", NULL};

static void
set(uint32_t *table, const char *name, uint32_t a)
{
	int nr = seccomp_syscall_resolve_name_arch(ARCH_SCMP, name);

	if (nr >= 0 && nr < FILTER_CALLS)
		table[nr] = a;
}

static void
set_all(uint32_t *table, const char *const *names, uint32_t a)
{
	for (int i = 0; names[i] != NULL; i++)
		set(table, names[i], a);
}

/* A line "+N name ..." is for the holders of capability N only. */
static void
read_profile(const char *file, uint32_t *table, struct filter_extra *extra, int *nextra)
{
	char line[4096], *save, *word;
	FILE *f = fopen(file, "r");

	if (f == NULL)
		exit((perror(file), 1));
	while (fgets(line, sizeof line, f) != NULL) {
		int cap = -1, nr;

		if (line[0] == '#')
			continue;
		for (word = strtok_r(line, " \n", &save); word;
		     word = strtok_r(NULL, " \n", &save)) {
			nr = seccomp_syscall_resolve_name_arch(ARCH_SCMP, word);
			if (word[0] == '+')
				cap = atoi(word + 1);
			else if (cap < 0)
				set(table, word, FILTER_ALLOW);
			else if (nr >= 0 && nr < FILTER_CALLS)
				extra[(*nextra)++] = (struct filter_extra){
				    (unsigned char)cap, (unsigned short)nr};
		}
	}
	fclose(f);
}

static void
write_filter(const char *name, const uint32_t *base, const uint32_t *over,
    const struct filter_extra *extra, int nextra)
{
	struct sock_filter code[FILTER_CODE];
	uint32_t table[FILTER_CALLS];

	memcpy(table, base, sizeof table);
	for (int i = 0; i < nextra; i++)
		if (FILTER_CAPS >> extra[i].cap & 1)
			table[extra[i].nr] = FILTER_ALLOW;
	if (over != NULL)
		filter_over(table, NULL, over);
	int len = filter_compile(table, NULL, code);
	if (len < 0)
		exit((fputs("seccomp-gen: the filter is too long\n", stderr), 1));
	printf("UNUSED static const struct sock_filter seccomp_%s[%d] = {\n", name, len);
	for (int i = 0; i < len; i++)
		printf("\t{0x%x, %d, %d, 0x%x},\n", code[i].code, code[i].jt, code[i].jf,
		    code[i].k);
	printf("};\n");
}

static void
write_table(const char *name, const uint32_t *table)
{
	printf("UNUSED static const uint32_t seccomp_%s[%d] = {\n", name, FILTER_CALLS);
	for (int i = 0; i < FILTER_CALLS; i++)
		printf("0x%x,%s", table[i], i % 8 == 7 ? "\n" : " ");
	printf("};\n");
}

static void
write_names(void)
{
	printf("UNUSED static const struct filter_name seccomp_names[] = {\n");
	for (int i = 0; i < FILTER_CALLS; i++) {
		char *name = seccomp_syscall_resolve_num_arch(ARCH_SCMP, i);

		if (name != NULL)
			printf("\t{\"%s\", %d},\n", name, i);
		free(name);
	}
	printf("};\n");
}

static void
write_extra(const struct filter_extra *extra, int n)
{
	printf("UNUSED static const struct filter_extra seccomp_extra[%d] = {\n", n);
	for (int i = 0; i < n; i++)
		printf("\t{%d, %d},\n", extra[i].cap, extra[i].nr);
	printf("};\n");
}

int
main(int argc, char **argv)
{
	static uint32_t base[FILTER_CALLS], one[FILTER_CALLS], also[FILTER_CALLS],
	    range[FILTER_CALLS], told[FILTER_CALLS];
	static struct filter_extra extra[FILTER_CALLS];
	int nextra = 0;

	if (argc != 2)
		return fputs("usage: seccomp-gen PROFILE\n", stderr), 2;
	for (int i = 0; i < FILTER_CALLS; i++) {
		base[i] = i < NEWEST ? FILTER_DENY : FILTER_NOSYS;
		one[i] = range[i] = FILTER_AS_IS;
	}
	read_profile(argv[1], base, extra, &nextra);
	set(base, "clone", FILTER_CLONE);
	set(base, "clone3", FILTER_NOSYS);
	set(base, "personality", FILTER_PERSON);
	set(base, "socket", FILTER_SOCKET);
	set_all(one, notified, FILTER_NOTIFY);
	set_all(one, avoided, FILTER_NOSYS);
	set(one, "open", FILTER_OPEN);
	set(one, "openat", FILTER_OPENAT);
	set(one, "setrlimit", FILTER_SETLIM);
	set(one, "getrlimit", FILTER_GETLIM);
	set(one, "prlimit64", FILTER_PRLIMIT);
	memcpy(also, one, sizeof also);
	set_all(also, held, FILTER_NOTIFY);
	set(range, "mknod", FILTER_MKNOD);
	set(range, "mknodat", FILTER_MKNODAT);
	memcpy(told, range, sizeof told);
	set_all(told, telling, FILTER_NOTIFY);
	printf("/* made from seccomp.profile by seccomp-gen */\n#include "
	       "\"sandbox/runtime/filter.h\"\n#define UNUSED __attribute__((unused))\n");
	write_filter("plain", base, NULL, extra, nextra);
	write_filter("range", base, range, extra, nextra);
	write_filter("told", base, told, extra, nextra);
	write_filter("one", base, one, extra, nextra);
	write_filter("held", base, also, extra, nextra);
	write_table("base", base);
	write_table("over_one", one);
	write_table("over_held", also);
	write_table("over_range", range);
	write_table("over_told", told);
	write_extra(extra, nextra);
	write_names();
	return 0;
}
