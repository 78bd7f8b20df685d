/*
 * platform.c - is the word of --platform one at all?
 *
 * Which platforms there are to build on is not known here.  Fact: containerd's
 * platforms.Parse().
 */
#include "sandbox/dockerfile/private.h"

#define PART "^[A-Za-z0-9_-]+$"

static bool
is_part(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			     "0123456789_-");
	return n > 0 && s[n] == '\0';
}

/* A word alone is an operating system or an architecture. */
static bool
is_known(const char *word)
{
	static const char *const words[] = {"aix", "android", "darwin", "dragonfly",
	    "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
	    "openbsd", "plan9", "solaris", "windows", "zos", "macos", "386", "i386",
	    "amd64", "x86_64", "x86-64", "amd64p32", "arm", "armbe", "armhf", "armel",
	    "arm64", "aarch64", "arm64be", "ppc64", "ppc64le", "loong64", "mips",
	    "mipsle", "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "riscv",
	    "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(words[i], word) == 0)
			return true;
	return false;
}

int
df_platform_check(const char *platform, struct err *err)
{
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf all = BUF_INIT(ERR_TEXT_MAX), one = BUF_INIT(ERR_TEXT_MAX);
	const char *why = NULL;

	if (*platform == '\0')
		return 0;
	vec_split(&parts, platform, "/");
	dockerfile_quote(&all, platform);
	if (strchr(platform, '*') != NULL)
		why = "wildcards not yet supported";
	for (size_t i = 0; i < parts.len && why == NULL; i++) {
		if (is_part(parts.v[i]))
			continue;
		dockerfile_quote(&one, parts.v[i]);
		return err_set(err, ERR_INPUT,
		    "failed to parse platform %.800s: %s is an invalid component of %s; "
		    "platform specifier component must match \"" PART
		    "\": invalid argument",
		    platform, one.s, all.s);
	}
	if (why == NULL && (parts.len == 0 || parts.len > 3))
		why = "cannot parse platform specifier";
	if (why == NULL && parts.len == 1 && !is_known(parts.v[0]))
		why = "unknown operating system or architecture";
	return why == NULL ? 0
			   : err_set(err, ERR_INPUT,
				 "failed to parse platform %.800s: %s: %s: invalid "
				 "argument",
				 platform, all.s, why);
}
