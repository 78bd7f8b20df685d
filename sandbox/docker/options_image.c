/*
 * options_image.c - options of the commands on images, and of the rest
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/image; buildx 0.13).
 */
#include "sandbox/docker/command.h"

const struct opt_row docker_build_options[] = {
    OPT("add-host", 0, OPT_LIST, "Add a custom host-to-IP mapping (format: \"host:ip\")",
	.placeholder = "strings", .flags = OPT_LATER),
    OPT("build-arg", 0, OPT_LIST, "Set build-time variables",
	.placeholder = "stringArray"),
    OPT("build-context", 0, OPT_LIST, "Additional build contexts (e.g., name=path)",
	.placeholder = "stringArray", .flags = OPT_LATER),
    OPT("builder", 0, OPT_STRING, "Override the configured builder instance",
	.flags = OPT_NOTHING),
    OPT("cache-from", 0, OPT_LIST,
	"External cache sources (e.g., \"user/app:cache\", "
	"\"type=local,src=path/to/dir\")",
	.placeholder = "stringArray", .flags = OPT_LATER),
    OPT("check", 0, OPT_BOOL, "Shorthand for \"--call=check\""),
    OPT("explain", 0, OPT_BOOL,
	"Say of each step why it was done or not, and what it costs", .flags = OPT_OWN),
    OPT("file", 'f', OPT_STRING, "Name of the Dockerfile (default: \"PATH/Dockerfile\")"),
    OPT("force-rm", 0, OPT_BOOL, "Always remove intermediate containers",
	.flags = OPT_HIDDEN | OPT_NOTHING),
    OPT("iidfile", 0, OPT_STRING, "Write the image ID to the file"),
    OPT("label", 0, OPT_LIST, "Set metadata for an image", .placeholder = "stringArray"),
    OPT("load", 0, OPT_BOOL, "Shorthand for \"--output=type=docker\"",
	.flags = OPT_NOTHING),
    OPT("metadata-file", 0, OPT_STRING, "Write build result metadata to the file"),
    OPT("network", 0, OPT_STRING,
	"Set the networking mode for the \"RUN\" instructions during build",
	.initial = "default"),
    OPT("no-cache", 0, OPT_BOOL, "Do not use cache when building the image"),
    OPT("no-cache-filter", 0, OPT_LIST, "Do not cache specified stages",
	.placeholder = "stringArray"),
    OPT("output", 'o', OPT_LIST, "Output destination (format: \"type=local,dest=path\")",
	.placeholder = "stringArray"),
    OPT("platform", 0, OPT_LIST, "Set target platform for build",
	.placeholder = "stringArray", .flags = OPT_LATER),
    OPT("progress", 0, OPT_STRING,
	"Set type of progress output (\"auto\", \"plain\", \"tty\"). Use plain to show "
	"container output",
	.initial = "auto"),
    OPT("pull", 0, OPT_BOOL, "Always attempt to pull all referenced images",
	.flags = OPT_NOTHING),
    OPT("push", 0, OPT_BOOL, "Shorthand for \"--output=type=registry\"",
	.flags = OPT_LATER),
    OPT("quiet", 'q', OPT_BOOL,
	"Suppress the build output and print image ID on success"),
    OPT("rm", 0, OPT_BOOL, "Remove intermediate containers after a successful build",
	.initial = "true", .flags = OPT_HIDDEN | OPT_NOTHING),
    OPT("secret", 0, OPT_LIST,
	"Secret to expose to the build (format: "
	"\"id=mysecret[,src=/local/secret]\")",
	.placeholder = "stringArray"),
    OPT("ssh", 0, OPT_LIST, "SSH agent socket or keys to expose to the build",
	.placeholder = "stringArray"),
    OPT("tag", 't', OPT_LIST, "Name and optionally a tag (format: \"name:tag\")",
	.placeholder = "stringArray"),
    OPT("target", 0, OPT_STRING, "Set the target build stage to build"),
    OPT_END,
};

const struct opt_row docker_history_options[] = {
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("human", 'H', OPT_BOOL, "Print sizes and dates in human readable format",
	.initial = "true"),
    OPT("no-trunc", 0, OPT_BOOL, "Don't truncate output"),
    OPT("quiet", 'q', OPT_BOOL, "Only show image IDs"),
    OPT_END,
};

const struct opt_row docker_image_inspect_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT_END,
};

const struct opt_row docker_image_prune_options[] = {
    OPT("all", 'a', OPT_BOOL, "Remove all unused images, not just dangling ones"),
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g. \"until=<timestamp>\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT_END,
};

const struct opt_row docker_builder_du_options[] = {
    OPT("filter", 0, OPT_FILTER, "Provide filter values"),
    OPT("verbose", 0, OPT_BOOL, "Provide a more verbose output"),
    OPT_END,
};

const struct opt_row docker_builder_prune_options[] = {
    OPT("all", 'a', OPT_BOOL, "Include internal/frontend images"),
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g., \"until=24h\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT("keep-storage", 0, OPT_BYTES, "Amount of disk space to keep for cache"),
    OPT("verbose", 0, OPT_BOOL, "Provide a more verbose output", .flags = OPT_LATER),
    OPT_END,
};

const struct opt_row docker_images_options[] = {
    OPT("all", 'a', OPT_BOOL, "Show all images (default hides intermediate images)"),
    OPT("digests", 0, OPT_BOOL, "Show digests"),
    OPT("filter", 'f', OPT_FILTER, "Filter output based on conditions provided"),
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("no-trunc", 0, OPT_BOOL, "Don't truncate output"),
    OPT("quiet", 'q', OPT_BOOL, "Only show image IDs"),
    OPT("tree", 0, OPT_BOOL, "List multi-platform images as a tree (EXPERIMENTAL)"),
    OPT_END,
};

const struct opt_row docker_inspect_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT("size", 's', OPT_BOOL, "Display total file sizes if the type is container"),
    OPT("type", 0, OPT_STRING, "Only inspect objects of the given type"),
    OPT_END,
};

const struct opt_row docker_load_options[] = {
    OPT("input", 'i', OPT_STRING, "Read from tar archive file, instead of STDIN"),
    OPT("platform", 0, OPT_STRING, "Load only the given platform variant"),
    OPT("quiet", 'q', OPT_BOOL, "Suppress the load output"),
    OPT_END,
};

const struct opt_row docker_pull_options[] = {
    OPT("all-tags", 'a', OPT_BOOL, "Download all tagged images in the repository"),
    OPT("disable-content-trust", 0, OPT_BOOL, "Skip image verification",
	.initial = "true", .flags = OPT_NOTHING),
    OPT("platform", 0, OPT_STRING, "Set platform if server is multi-platform capable"),
    OPT("quiet", 'q', OPT_BOOL, "Suppress verbose output"),
    OPT_END,
};

const struct opt_row docker_push_options[] = {
    OPT("all-tags", 'a', OPT_BOOL, "Push all tags of an image to the repository"),
    OPT("quiet", 'q', OPT_BOOL, "Suppress verbose output"),
    OPT_END,
};

const struct opt_row docker_login_options[] = {
    OPT("password", 'p', OPT_STRING, "Password or Personal Access Token (PAT)"),
    OPT("password-stdin", 0, OPT_BOOL,
	"Take the Password or Personal Access Token (PAT) from stdin"),
    OPT("username", 'u', OPT_STRING, "Username"),
    OPT_END,
};

const struct opt_row docker_logout_options[] = {OPT_END};

const struct opt_row docker_search_options[] = {
    OPT("filter", 'f', OPT_FILTER, "Filter output based on conditions provided"),
    OPT("format", 0, OPT_STRING, "Pretty-print search using a Go template"),
    OPT("limit", 0, OPT_INT, "Max number of search results", .initial = "0"),
    OPT("no-trunc", 0, OPT_BOOL, "Don't truncate output"),
    OPT_END,
};

const struct opt_row docker_manifest_inspect_options[] = {
    OPT("insecure", 0, OPT_BOOL, "Allow communication with an insecure registry",
	.flags = OPT_NOTHING),
    OPT("verbose", 'v', OPT_BOOL, "Output additional info including layers and platform",
	.flags = OPT_LATER),
    OPT_END,
};

const struct opt_row docker_rmi_options[] = {
    OPT("force", 'f', OPT_BOOL, "Force removal of the image"),
    OPT("no-prune", 0, OPT_BOOL, "Do not delete untagged parents", .flags = OPT_NOTHING),
    OPT_END,
};

const struct opt_row docker_save_options[] = {
    OPT("output", 'o', OPT_STRING, "Write to a file, instead of STDOUT"),
    OPT("platform", 0, OPT_STRING, "Save only the given platform variant"),
    OPT_END,
};

const struct opt_row docker_tag_options[] = {OPT_END};

const struct opt_row docker_info_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT_END,
};

const struct opt_row docker_version_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT_END,
};

const struct opt_row docker_import_options[] = {
    OPT("change", 'c', OPT_LIST, "Apply Dockerfile instruction to the created image"),
    OPT("message", 'm', OPT_STRING, "Set commit message for imported image"),
    OPT("platform", 0, OPT_STRING, "Set platform if server is multi-platform capable"),
    OPT_END,
};

const struct opt_row docker_events_options[] = {
    OPT("filter", 'f', OPT_FILTER, "Filter output based on conditions provided"),
    OPT("format", 0, OPT_STRING, INSPECT_FORMAT_HELP),
    OPT("since", 0, OPT_STRING, "Show all events created since timestamp"),
    OPT("until", 0, OPT_STRING, "Stream events until this timestamp"),
    OPT_END,
};

const struct opt_row docker_system_df_options[] = {
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("verbose", 'v', OPT_BOOL, "Show detailed information on space usage"),
    OPT_END,
};

const struct opt_row docker_system_prune_options[] = {
    OPT("all", 'a', OPT_BOOL, "Remove all unused images not just dangling ones"),
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g. \"label=<key>=<value>\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT("volumes", 0, OPT_BOOL, "Prune anonymous volumes"),
    OPT_END,
};
