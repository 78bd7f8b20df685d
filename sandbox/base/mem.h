/*
 * mem.h - memory that cannot fail, and cleanup attributes
 *
 * The x-functions end the process when memory is out: there is nothing
 * sensible left to do for a few bytes.  Use a bounded struct buf for data
 * whose size somebody else decides.
 */
#ifndef DRYDOCK_MEM_H
#define DRYDOCK_MEM_H

#include <stddef.h>

/* All give memory to be freed with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For `cleanup_free char *x = NULL;`.  Accepts NULL, keeps errno. */
void mem_free_p(void *pointer_to_pointer);
#define cleanup_free __attribute__((cleanup(mem_free_p)))

/* Hands ownership on: returns *p and leaves NULL behind. */
#define take_ptr(p) \
	__extension__({ \
		__typeof__(p) taken_ = (p); \
		(p) = NULL; \
		taken_; \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
