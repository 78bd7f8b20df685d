/*
 * copy.c - the values of COPY's and ADD's flags and sources
 */
#include "sandbox/dockerfile/private.h"
#include <sys/stat.h>

static bool
is_octal(const char *s)
{
	return *s != '\0' && s[strspn(s, "01234567")] == '\0';
}

/* The bits that the letters before the operator mean: all without any. */
static mode_t
read_who(const char **p)
{
	mode_t who = 0;

	for (;; (*p)++) {
		switch (**p) {
		case 'u': who |= S_IRWXU | S_ISUID; break;
		case 'g': who |= S_IRWXG | S_ISGID; break;
		case 'o': who |= S_IRWXO | S_ISVTX; break;
		case 'a': who |= 07777; break;
		default: return who != 0 ? who : 07777;
		}
	}
}

/* The bits of "rwX" or "g" for everybody; `mode` answers X and copies. */
static mode_t
read_what(const char **p, mode_t mode, bool is_dir)
{
	mode_t what = 0;

	for (;; (*p)++) {
		switch (**p) {
		case 'r': what |= 0444; break;
		case 'w': what |= 0222; break;
		case 'x': what |= 0111; break;
		case 'X': what |= is_dir || (mode & 0111) ? 0111 : 0; break;
		case 's': what |= S_ISUID | S_ISGID; break;
		case 't': what |= S_ISVTX; break;
		case 'u': what |= (mode >> 6 & 7) * 0111; break;
		case 'g': what |= (mode >> 3 & 7) * 0111; break;
		case 'o': what |= (mode & 7) * 0111; break;
		default: return what;
		}
	}
}

/* "u=rwX,go=rX" on *mode; false when it is malformed. */
static bool
apply(const char *p, mode_t *mode, bool is_dir)
{
	for (;; p++) {
		mode_t who = read_who(&p);

		if (*p == '\0' || strchr("+-=", *p) == NULL)
			return false;
		while (*p != '\0' && strchr("+-=", *p) != NULL) {
			char how = *p++;
			mode_t what = read_what(&p, *mode, is_dir) & who;

			if (how == '=')
				*mode &= ~who;
			*mode = how == '-' ? *mode & ~what : *mode | what;
		}
		if (*p != ',')
			return *p == '\0';
	}
}

int
dockerfile_chmod_check(const char *value, struct err *err)
{
	mode_t mode = 0;

	if (is_octal(value) ? strtoul(value, NULL, 8) <= 07777
			    : apply(value, &mode, false))
		return 0;
	return err_set(err, ERR_INPUT,
	    "invalid chmod parameter: '%s'. it should be octal string and between 0 and "
	    "07777",
	    value);
}

mode_t
dockerfile_chmod(const char *value, mode_t old, bool is_dir)
{
	mode_t mode = old & 07777;

	if (is_octal(value))
		return (mode_t)strtoul(value, NULL, 8) & 07777;
	apply(value, &mode, is_dir);
	return mode;
}

void
dockerfile_chown(const char *value, char **ret_user, char **ret_group)
{
	size_t len = strcspn(value, ":");

	*ret_user = xstrndup(value, len);
	*ret_group =
	    value[len] == ':' && value[len + 1] != '\0' ? xstrdup(value + len + 1) : NULL;
}

bool
dockerfile_is_git(const char *source)
{
	size_t path = strcspn(source, "#");

	if (str_starts(source, "git@") || str_starts(source, "git://") ||
	    str_starts(source, "ssh://"))
		return true;
	if (!str_starts(source, "http://") && !str_starts(source, "https://"))
		return false;
	return path >= 4 && memcmp(source + path - 4, ".git", 4) == 0;
}

bool
dockerfile_is_url(const char *source)
{
	return !dockerfile_is_git(source) &&
	       (str_starts(source, "http://") || str_starts(source, "https://"));
}

const char *
dockerfile_copy_from(const struct dockerfile_instr *in)
{
	const char *from =
	    in->kind == DOCKERFILE_COPY ? dockerfile_flag(in, "from") : NULL;

	return from != NULL && *from != '\0' ? from : NULL;
}
