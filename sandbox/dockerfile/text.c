/*
 * text.c - small things about words: blanks, Go's quotes, suggestions
 */
#include "sandbox/dockerfile/private.h"

bool
df_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t
df_space(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	if (df_is_blank(*s))
		return 1;
	if (p[0] == 0xc2)
		return p[1] == 0x85 || p[1] == 0xa0 ? 2 : 0;
	if (p[0] == 0xe1)
		return p[1] == 0x9a && p[2] == 0x80 ? 3 : 0;
	if (p[0] == 0xe3)
		return p[1] == 0x80 && p[2] == 0x80 ? 3 : 0;
	if (p[0] != 0xe2 || p[1] == '\0')
		return 0;
	if (p[1] == 0x81)
		return p[2] == 0x9f ? 3 : 0;
	return p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0xa8 ||
				   p[2] == 0xa9 || p[2] == 0xaf)
		   ? 3
		   : 0;
}

char *
df_trim_space(char *s)
{
	char *end = s;

	while (df_space(s) > 0)
		s += df_space(s);
	for (char *p = end = s; *p != '\0';) {
		size_t space = df_space(p);

		p += space > 0 ? space : 1;
		if (space == 0)
			end = p;
	}
	*end = '\0';
	return s;
}

/* One character that Go's strconv.Quote would not leave as it is. */
static void
add_escaped(struct buf *out, const char *s, size_t len)
{
	static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
	const char *at = strchr(from, s[0]);
	unsigned char c = (unsigned char)s[0];

	if (at != NULL) {
		buf_addc(out, '\\');
		buf_addc(out, to[at - from]);
	} else if (len == 1 && (c < ' ' || c >= 0x7f)) {
		buf_addf(out, "\\x%02x", c);
	} else {
		buf_add(out, s, len);
	}
}

void
dockerfile_quote(struct buf *out, const char *s)
{
	buf_addc(out, '"');
	while (*s != '\0') {
		size_t len = str_utf8_len(s);

		add_escaped(out, s, len);
		s += len;
	}
	buf_addc(out, '"');
}

int
df_err_quoted(struct err *err, const char *what, const char *s, const char *after)
{
	cleanup_buf struct buf quoted = BUF_INIT(ERR_TEXT_MAX);

	dockerfile_quote(&quoted, s);
	return err_set(err, ERR_INPUT, "%s%s%s", what, quoted.s, after);
}

void
df_suggest(struct err *err, const char *word, const char *const *candidates)
{
	const char *near = str_nearest(word, candidates, 3);

	if (near != NULL && err != NULL) {
		struct err old = *err;

		err_set(err, old.kind, "%s (did you mean %s?)", old.text, near);
	}
}

/* "[+-]digits[.digits]unit" at *s, in nanoseconds; false when it is none. */
static bool
duration_part(const char **s, long double *ret)
{
	static const struct {
		const char *unit;
		long double ns;
	} units[] = {{"ns", 1}, {"us", 1e3L}, {"µs", 1e3L}, {"μs", 1e3L}, {"ms", 1e6L},
	    {"s", 1e9L}, {"m", 60e9L}, {"h", 3600e9L}};
	const char *p = *s;
	long double value = 0, scale = 1;
	int digits = 0;

	for (; *p >= '0' && *p <= '9'; p++, digits++)
		value = value * 10 + (*p - '0');
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, digits++)
			value += (*p - '0') * (scale /= 10);
	if (digits == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		const char *after = str_after(p, units[i].unit);

		/* "m" must not take the first letter of "ms", nor any of letters. */
		if (after == NULL || (*after != '\0' && *after != '.' &&
					 !(*after >= '0' && *after <= '9')))
			continue;
		*ret += value * units[i].ns;
		*s = after;
		return true;
	}
	return false;
}

int
dockerfile_duration(const char *s, long long *ret_ns, struct err *err)
{
	const char *p = s;
	bool negative = *p == '-';
	long double sum = 0;

	if (*p == '-' || *p == '+')
		p++;
	if (str_eq(p, "0")) {
		*ret_ns = 0;
		return 0;
	}
	if (*p == '\0')
		return df_err_quoted(err, "time: invalid duration ", s, "");
	while (*p != '\0') {
		const char *unit = p + strspn(p, "0123456789.");

		if (!duration_part(&p, &sum) || sum > 9e18L) {
			if (*unit == '\0' && unit > p)
				return df_err_quoted(
				    err, "time: missing unit in duration ", s, "");
			return df_err_quoted(err, "time: invalid duration ", s, "");
		}
	}
	*ret_ns = negative ? -(long long)sum : (long long)sum;
	return 0;
}

/* ns of a bigger unit with the fraction it needs: 1.5ms. */
static void
add_fraction(struct buf *out, long long ns, long long unit, const char *name)
{
	char digits[24];
	size_t len;

	buf_addf(out, "%lld", ns / unit);
	len = (size_t)snprintf(digits, sizeof digits, "%lld", unit + ns % unit);
	while (len > 1 && digits[len - 1] == '0')
		digits[--len] = '\0';
	if (len > 1)
		buf_addf(out, ".%s", digits + 1);
	buf_adds(out, name);
}

void
dockerfile_add_duration(struct buf *out, long long ns)
{
	const long long second = 1000000000LL;

	if (ns < 0)
		buf_addc(out, '-');
	ns = ns < 0 ? -ns : ns;
	if (ns == 0)
		buf_adds(out, "0s");
	else if (ns < 1000)
		add_fraction(out, ns, 1, "ns");
	else if (ns < 1000000)
		add_fraction(out, ns, 1000, "µs");
	else if (ns < second)
		add_fraction(out, ns, 1000000, "ms");
	else {
		long long minutes = ns / (60 * second);

		if (minutes >= 60)
			buf_addf(out, "%lldh", minutes / 60);
		if (minutes > 0)
			buf_addf(out, "%lldm", minutes % 60);
		add_fraction(out, ns % (60 * second), second, "s");
	}
}
