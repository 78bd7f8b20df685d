/*
 * limits.h - how much an archive from outside may ask for
 */
#ifndef DRYDOCK_STORE_LIMITS_H
#define DRYDOCK_STORE_LIMITS_H

enum {
	LIMIT_ENTRIES = 1 << 20,
	LIMIT_PATH = 4096,
	LIMIT_RATIO = 256,     /* unpacked to packed, above the floor */
	LIMIT_TIMES = 64 << 20 /* bytes of folder names whose times are set last */
};
#define LIMIT_FLOOR (1LL << 30)
#define LIMIT_TOTAL (64LL << 30)

#endif
