/*
 * ignore_fuzz.c - any bytes as a .dockerignore, as COPY's wildcards and as paths
 *
 * The text up to the first NUL is the file, what follows it the path.  What must hold:
 * nothing crashes, a refusal has words, a folder that may be pruned holds nothing that
 * survives, and a pattern without wildcards matches itself.
 */
#include "sandbox/dockerfile/dockerfile.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const struct ignore *ig, const char *path)
{
	cleanup_free char *clean = path_clean_root(path);
	cleanup_free char *below = xasprintf("%s/x.c", clean + 1);

	(void)ignore_match(ig, clean + 1);
	if (clean[1] != '\0' && ignore_may_prune(ig, clean + 1) &&
	    !ignore_match(ig, below))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = xstrndup((const char *)data, size);
	size_t len = strlen(text);
	cleanup_free char *path =
	    len < size ? xstrndup((const char *)data + len + 1, size - len - 1)
		       : xstrdup("src/deep/file.c");
	struct err err = ERR_INIT;
	cleanup_ignore struct ignore *ig = ignore_parse(text, len, &err);

	if (ig == NULL && err.text[0] == '\0')
		abort();
	check_path(ig, path);
	check_path(ig, "src/deep/file.c");
	(void)dockerfile_glob(text, path);
	if (strpbrk(text, "*?[\\") == NULL && !dockerfile_glob(text, text))
		abort();
	return 0;
}
