/*
 * ref.c - image names as users type them, by the grammar of distribution/reference
 *
 *     reference  [domain/]path[:tag][@digest]
 *     domain     host parts joined by dots, or [IPv6], and an optional :port
 *     path       components joined by '/': [a-z0-9]+ with single separators
 */
#include "sandbox/image/private.h"
#include <ctype.h>
#include <stdlib.h>

static const char hub[] = "docker.io";
static const char hub_old[] = "index.docker.io";
static const char official[] = "library/";
static const char lower_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

enum { TAG_MAX = 128, DIGEST_MIN = 32 };

void
image_ref_done(struct image_ref *ref)
{
	free(ref->domain);
	free(ref->path);
	free(ref->tag);
	free(ref->digest);
	*ref = (struct image_ref)IMAGE_REF_INIT;
}

static bool
has_upper(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

bool
image_is_tag(const char *s)
{
	size_t len = strlen(s);

	if (len == 0 || len > TAG_MAX || *s == '.' || *s == '-')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("_.-", *s) == NULL)
			return false;
	return true;
}

/* [a-z0-9]+ ( (. | _ | __ | -+) [a-z0-9]+ )*; returns the end, NULL when it is none. */
static const char *
component_end(const char *s)
{
	for (;;) {
		size_t len = strspn(s, lower_digits), dashes;

		if (len == 0)
			return NULL;
		s += len;
		dashes = strspn(s, "-");
		if (dashes > 0)
			s += dashes;
		else if (*s == '.')
			s++;
		else if (*s == '_')
			s += s[1] == '_' ? 2 : 1;
		else
			return s;
	}
}

static bool
is_path(const char *s)
{
	for (;; s++) {
		s = component_end(s);
		if (s == NULL || *s == '\0')
			return s != NULL;
		if (*s != '/')
			return false;
	}
}

/* One part of a host name: letters, digits, inner dashes. */
static const char *
host_part_end(const char *s)
{
	const char *start = s;

	while (isalnum((unsigned char)*s) || *s == '-')
		s++;
	return s == start || *start == '-' || s[-1] == '-' ? NULL : s;
}

static bool
is_domain(const char *s)
{
	if (*s == '[') {
		size_t len = strspn(s + 1, "0123456789abcdefABCDEF:");

		if (len == 0 || s[len + 1] != ']')
			return false;
		s += len + 2;
	} else {
		for (;; s++) {
			s = host_part_end(s);
			if (s == NULL)
				return false;
			if (*s != '.')
				break;
		}
	}
	if (*s == ':') {
		size_t len = strspn(s + 1, "0123456789");

		return len > 0 && s[len + 1] == '\0';
	}
	return *s == '\0';
}

/* The text after '@' must be algorithm:hex; of the algorithms only sha256 is known. */
static int
check_digest(const char *s, struct err *err)
{
	size_t algorithm = strcspn(s, ":");
	const char *hex = s + algorithm + 1;

	if (s[algorithm] == '\0' || algorithm == 0 || !isalpha((unsigned char)*s) ||
	    strspn(hex, "0123456789abcdefABCDEF") != strlen(hex) ||
	    strlen(hex) < DIGEST_MIN)
		return err_set(err, ERR_INPUT, "invalid reference format");
	if (image_is_digest(s))
		return 0;
	if (!str_starts(s, "sha256:"))
		return err_set(err, ERR_INPUT, "unsupported digest algorithm");
	if (strlen(s) != IMAGE_DIGEST)
		return err_set(err, ERR_INPUT, "invalid checksum digest length");
	return err_set(err, ERR_INPUT, "invalid checksum digest format");
}

/* Splits text into domain and the rest: the first component is a domain only if it looks
 * like one. */
static void
split_domain(const char *text, char **ret_domain, char **ret_rest)
{
	const char *slash = strchr(text, '/');
	cleanup_free char *first = slash ? xstrndup(text, (size_t)(slash - text)) : NULL;

	if (first == NULL || (strpbrk(first, ".:") == NULL &&
				 !str_eq(first, "localhost") && !has_upper(first))) {
		*ret_domain = xstrdup(hub);
		*ret_rest = xstrdup(text);
	} else {
		*ret_domain = str_eq(first, hub_old) ? xstrdup(hub) : take_ptr(first);
		*ret_rest = xstrdup(slash + 1);
	}
	if (str_eq(*ret_domain, hub) && strchr(*ret_rest, '/') == NULL) {
		char *full = xasprintf("%s%s", official, *ret_rest);

		free(*ret_rest);
		*ret_rest = full;
	}
}

/* rest is path[:tag][@digest]; takes domain apart from its checks. */
static int
parse_rest(char *rest, struct image_ref *ref, struct err *err)
{
	char *at = strchr(rest, '@'), *colon;

	if (at != NULL) {
		*at = '\0';
		ref->digest = xstrdup(at + 1);
	}
	colon = strchr(rest, ':');
	if (colon != NULL) {
		*colon = '\0';
		ref->tag = xstrdup(colon + 1);
	}
	ref->path = xstrdup(rest);
	if (has_upper(ref->path))
		return err_set(err, ERR_INPUT,
		    "invalid reference format: repository name (%.300s) must be "
		    "lowercase",
		    ref->path);
	if (!is_domain(ref->domain) || !is_path(ref->path) ||
	    (ref->tag != NULL && !image_is_tag(ref->tag)))
		return err_set(err, ERR_INPUT, "invalid reference format");
	if (ref->digest != NULL && check_digest(ref->digest, err) < 0)
		return -1;
	if (strlen(ref->domain) + 1 + strlen(ref->path) > IMAGE_NAME_MAX)
		return err_set(err, ERR_INPUT,
		    "invalid reference format: repository name must not be more than %d "
		    "characters",
		    IMAGE_NAME_MAX);
	return 0;
}

int
image_ref_parse(const char *text, struct image_ref *ret, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *rest = NULL;

	if (strlen(text) == 64 && image_is_id_prefix(text))
		return err_set(err, ERR_INPUT,
		    "invalid repository name (%s), cannot specify 64-byte hexadecimal "
		    "strings",
		    text);
	split_domain(text, &ref.domain, &rest);
	if (parse_rest(rest, &ref, err) < 0)
		return -1;
	*ret = ref;
	ref = (struct image_ref)IMAGE_REF_INIT;
	return 0;
}

int
image_ref_parse_tagged(const char *text, struct image_ref *ret, struct err *err)
{
	if (image_ref_parse(text, ret, err) < 0)
		return -1;
	if (ret->tag == NULL && ret->digest == NULL)
		ret->tag = xstrdup("latest");
	return 0;
}

int
image_ref_parse_build(const char *text, struct image_ref *ret, struct err *err)
{
	struct err why = ERR_INIT;

	if (image_ref_parse_tagged(text, ret, &why) == 0)
		return 0;
	return err_set(err, ERR_INPUT, "invalid tag \"%s\": %s", text,
	    str_ends(why.text, "must be lowercase") ? "repository name must be lowercase"
						    : why.text);
}

/* name[:tag][@digest] */
static char *
with_suffix(char *name, const struct image_ref *ref)
{
	struct buf b = BUF_INIT(BUF_OURS);

	buf_adds(&b, name);
	free(name);
	if (ref->tag != NULL)
		buf_addf(&b, ":%s", ref->tag);
	if (ref->digest != NULL)
		buf_addf(&b, "@%s", ref->digest);
	return buf_take(&b);
}

char *
image_ref_canonical(const struct image_ref *ref)
{
	return with_suffix(xasprintf("%s/%s", ref->domain, ref->path), ref);
}

char *
image_ref_familiar_name(const struct image_ref *ref)
{
	const char *rest;

	if (!str_eq(ref->domain, hub))
		return xasprintf("%s/%s", ref->domain, ref->path);
	rest = str_after(ref->path, official);
	/* library/a/b keeps its folder: only one component after it is official. */
	return xstrdup(rest != NULL && strchr(rest, '/') == NULL ? rest : ref->path);
}

char *
image_ref_familiar(const struct image_ref *ref)
{
	return with_suffix(image_ref_familiar_name(ref), ref);
}
