/*
 * words_fuzz.c - any bytes as one word of a Dockerfile, with variables
 *
 * What must hold: nothing crashes or leaks, a failure has words, the ways of reading
 * agree on what is an error, and the words put together are no longer than the whole.
 */
#include "sandbox/dockerfile/dockerfile.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
total(const struct vec *words)
{
	size_t sum = 0;

	for (size_t i = 0; i < words->len; i++)
		sum += strlen(words->v[i]);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_vec struct vec env = VEC_INIT, words = VEC_INIT, undefined = VEC_INIT;
	struct err err = ERR_INIT;

	if (size == 0)
		return 0;
	const struct dockerfile_lex lex = {
	    .escape = data[0] & 1 ? '`' : '\\',
	    .keep_quotes = data[0] & 2,
	    .keep_escapes = data[0] & 4,
	    .keep_unset = data[0] & 8,
	    .no_quotes = data[0] & 16,
	    .undefined = &undefined,
	};
	cleanup_free char *text = xstrndup((const char *)data + 1, size - 1);
	vec_add(&env, "A=some/value.tar.gz");
	vec_add(&env, "B=\xe5\xae\x89 * ? \\ 'x'");
	vec_add(&env, "EMPTY=");
	cleanup_free char *one = dockerfile_expand(&lex, text, &env, &err);
	int r = dockerfile_expand_words(&lex, text, &env, &words, NULL);
	if ((one == NULL) != (r < 0) || (one == NULL && err.text[0] == '\0'))
		abort();
	if (one != NULL && total(&words) > strlen(one))
		abort();
	return 0;
}
