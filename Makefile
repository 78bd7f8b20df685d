# Drydock.  make run: all of it, from nothing to the shell.  make test: install what tests need and run them.
# V=1 shows commands, SAN=1 builds with sanitizers beside, WERROR=1 as in CI.
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += -rR
comma := ,
BUILD ?= $(if $(SAN),build-san,build)
CC = cc
AR = ar
Q = $(if $(V),,@)
say = $(if $(V),,@echo "  $(1) $(2)" &&)

CFLAGS ?= -O2 -g
CFLAGS += -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. -I$(BUILD)/gen -MMD -MP -Wall -Wextra -Wshadow -Wvla \
	-Wmissing-prototypes -Wstrict-prototypes -Wwrite-strings $(if $(WERROR),-Werror)
CFLAGS += $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
LDFLAGS += $(if $(SAN),-fsanitize=address$(comma)undefined)
VERSION := 0.1.0

# One archive a module; a module is a folder with C files.  sandbox.h's own files lie in sandbox/ itself.
MODULES := $(patsubst %/,%,$(sort $(dir $(wildcard sandbox/*.c sandbox/*/*.c src/*/*.c))))
lib_of = $(BUILD)/lib/$(subst /,-,$(1)).a
objs_of = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))
LIBS := $(foreach m,$(filter-out src/main,$(MODULES)),$(call lib_of,$(m)))

# Programs and what they link beside our archives.  tests/check reads the finished files and holds them against this.
PROGRAMS := drydock build learn fetch net web shim init
link_drydock = $(if $(SAN),,-static) -ljansson
# Static: its shared libraries took five times as long to load as a build without a change takes.
archive = -larchive -lnettle $(if $(SAN),,-lacl -llzma -lzstd -llz4 -lbz2) -lz
link_build = $(if $(SAN),,-static -Wl$(comma)-u$(comma)archive_write_set_format_xar) -ljansson $(archive)
link_learn = -ljansson -lreadline -lcmark
link_net = -ljansson -lslirp
link_web = -ljansson -lmicrohttpd -lnettle
link_fetch = -ljansson -lcurl -lnettle -larchive -lz
link_shim = -static
link_init = -static
PROGRAM_FILES := $(BUILD)/drydock $(patsubst %,$(BUILD)/libexec/drydock/%,$(filter-out drydock,$(PROGRAMS)))

all: $(PROGRAM_FILES)

# From a fresh machine to the prompt; the packages for apt may be missing there.
run:
	@assets/need build run
	@$(MAKE) --no-print-directory -j$(shell nproc) all
	@$(BUILD)/drydock setup || $(BUILD)/drydock setup --images
	@exec $(BUILD)/drydock

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(CFLAGS) -DVERSION='"$(VERSION)"' -c -o $@ $<

define module_rule
$(call lib_of,$(1)): $(call objs_of,$(1))
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach m,$(MODULES),$(eval $(call module_rule,$(m))))

# The filter is compiled from assets/seccomp.profile when Drydock is built, never at run time.
$(BUILD)/gen/seccomp-gen: assets/seccomp-gen.c sandbox/runtime/filter.c sandbox/runtime/filter.h
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(CFLAGS) -o $@ $(filter %.c,$^) -lseccomp
$(BUILD)/gen/seccomp_filter.h: $(BUILD)/gen/seccomp-gen assets/seccomp.profile
	$(call say,GEN,$@) $< assets/seccomp.profile > $@
$(BUILD)/obj/sandbox/runtime/seccomp.o: $(BUILD)/gen/seccomp_filter.h

# Locks and recipes become part of the program (.incbin, which -MMD does not see).
$(BUILD)/obj/sandbox/setup/assets.o: $(wildcard assets/*.txt assets/*/*)

# One main.c, compiled once a program with only that program's rows of the command tables.
$(BUILD)/obj/main/%.o: src/main/main.c
	@mkdir -p $(@D)
	$(call say,CC,$< for $*) $(CC) $(CFLAGS) -DVERSION='"$(VERSION)"' -DPROGRAM_$* -c -o $@ $<
$(BUILD)/drydock: $(BUILD)/obj/main/drydock.o $(LIBS)
	$(call say,LD,$@) $(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(LIBS) -Wl,--end-group $(link_drydock)
# They run in the workstation and in containers, which have no sanitizer's runtime: always static, always without.
$(BUILD)/obj/sandbox/runtime/init/init.o: CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))
$(BUILD)/libexec/drydock/init: $(BUILD)/obj/sandbox/runtime/init/init.o
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) -o $@ $< $(link_init)
$(BUILD)/obj/src/workstation/shim/shim.o: CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS))
$(BUILD)/libexec/drydock/shim: $(BUILD)/obj/src/workstation/shim/shim.o
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) -o $@ $< $(link_shim)
$(BUILD)/libexec/drydock/%: $(BUILD)/obj/main/%.o $(LIBS)
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(LIBS) -Wl,--end-group $(link_$*)

# Unit tests: one a module, linked with the archives that the module table allows and nothing else.
deps_of = $(shell tests/deps $(1))
unit_libs = -ljansson $(shell tests/deps --libs $(1))
define unit_rule
$(BUILD)/unit/$(notdir $(1))_test: tests/unit/$(notdir $(1))_test.c tests/unit/test.h $$(foreach m,$$(call deps_of,$(1)),$$(call lib_of,$$(m)))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(call unit_libs,$(1))
unit-$(notdir $(1)): $(BUILD)/unit/$(notdir $(1))_test
	$$(Q)$$<
endef
UNITS := $(foreach m,$(MODULES),$(if $(wildcard tests/unit/$(notdir $(m))_test.c),$(m)))
$(foreach m,$(UNITS),$(eval $(call unit_rule,$(m))))

unit: $(foreach m,$(UNITS),$(BUILD)/unit/$(notdir $(m))_test)

# Units, the real programs end to end, and every lesson; in the id map that DRYDOCK_IDMAP says or the machine has.
test:
	@assets/need build run test
	@$(MAKE) --no-print-directory -j$(shell nproc) all unit
	@BUILD=$(BUILD) tests/run
check: all
	@BUILD=$(BUILD) tests/check
bench: all
	@assets/need bench || true
	@BUILD=$(BUILD) tests/bench/run

# What takes minutes: torture, fuzzing, stress; each part a file in tests/long.
test-long:
	@assets/need build run test long
	@$(MAKE) --no-print-directory -j$(shell nproc) all
	@BUILD=$(BUILD) tests/long/run

# Any bytes at what reads what others wrote, FUZZ_SECONDS each, from the seeds in tests/fuzz/NAME/; finds go to $(BUILD)/fuzz.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_FLAGS := $(filter-out -MMD -MP,$(CFLAGS)) -fsanitize=fuzzer$(comma)address$(comma)undefined -fno-sanitize-recover=undefined
fuzz_sources = $(wildcard $(patsubst %,%/*.c,$(shell tests/deps $(FUZZ_$(1)))))
FUZZ_dockerfile := sandbox/dockerfile
FUZZ_words := sandbox/dockerfile
FUZZ_ignore := sandbox/dockerfile
FUZZ_tar := sandbox/build
FUZZ_format := sandbox/format
FUZZ_image := sandbox/image
FUZZ_lesson := src/lesson
define fuzz_rule
$(BUILD)/fuzz/$(1): tests/fuzz/$(1)_fuzz.c $(call fuzz_sources,$(1)) $(BUILD)/gen/seccomp_filter.h
	@mkdir -p $$(@D)
	$$(call say,FUZZ,$$@) clang $(FUZZ_FLAGS) -DVERSION='"$(VERSION)"' -o $$@ $$(filter %.c,$$^) -ljansson $(shell tests/deps --libs $(FUZZ_$(1)))
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rule,$(f))))
fuzz: $(patsubst %,$(BUILD)/fuzz/%,$(FUZZERS))
	$(Q)for f in $(FUZZERS); do mkdir -p $(BUILD)/fuzz/$$f.found; \
	$(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/$$f- $(BUILD)/fuzz/$$f.found tests/fuzz/$$f || exit 1; done

clean:
	rm -rf build build-san

.PHONY: all unit clean run test test-long check bench fuzz
-include $(shell find $(BUILD)/obj $(BUILD)/unit -name '*.d' 2>/dev/null)
