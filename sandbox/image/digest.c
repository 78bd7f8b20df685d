/*
 * digest.c - "sha256:<hex>" and the short forms of it
 */
#include "sandbox/image/private.h"

static const char prefix[] = "sha256:";

enum { HEX_DIGITS = 64 };

static size_t
hex_len(const char *s)
{
	return strspn(s, "0123456789abcdef");
}

bool
image_is_digest(const char *s)
{
	const char *hex = str_after(s, prefix);

	return hex != NULL && hex_len(hex) == HEX_DIGITS && hex[HEX_DIGITS] == '\0';
}

const char *
image_digest_hex(const char *digest)
{
	return image_is_digest(digest) ? digest + sizeof prefix - 1 : NULL;
}

bool
image_is_id_prefix(const char *s)
{
	const char *hex = str_after(s, prefix);
	size_t len;

	if (hex == NULL)
		hex = s;
	len = hex_len(hex);
	return len > 0 && len <= HEX_DIGITS && hex[len] == '\0';
}

void
image_short_id(const char *id, char out[IMAGE_ID_SHORT + 1])
{
	const char *hex = str_after(id, prefix);
	size_t len = strnlen(hex != NULL ? hex : id, IMAGE_ID_SHORT);

	memcpy(out, hex != NULL ? hex : id, len);
	out[len] = '\0';
}
