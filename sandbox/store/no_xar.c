/*
 * no_xar.c - no archives in the format xar
 *
 * libarchive's writers stand in one table, and that of xar needs libxml2, which needs
 * ICU: thirty megabytes of a program that is linked statically.  This one comes first.
 */
#include <archive.h>

int
archive_write_set_format_xar(struct archive *a)
{
	archive_set_error(a, -1, "xar is not supported");
	return ARCHIVE_FATAL;
}
