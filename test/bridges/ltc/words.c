/* Prints the words that x42's libltc finds in raw 16-bit samples from standard input: from, label, user bits, direction. */
#include <ltc.h>
#include <stdio.h>
#include <stdlib.h>

static void print_words(LTCDecoder *decoder) {
  LTCFrameExt frame;
  while (ltc_decoder_read(decoder, &frame)) {
    SMPTETimecode label;
    ltc_frame_to_time(&label, &frame.ltc, 0);
    printf("%lld %02d:%02d:%02d%c%02d %08lx %c\n", (long long)frame.off_start, label.hours, label.mins, label.secs,
           frame.ltc.dfbit ? ';' : ':', label.frame, ltc_frame_get_user_bits(&frame.ltc), frame.reverse ? 'R' : 'F');
  }
}

/* argv[1]: samples of a frame. */
int main(int argc, char **argv) {
  if (argc != 2) return 2;
  LTCDecoder *decoder = ltc_decoder_create(atoi(argv[1]), 4096);
  short samples[1024];
  long long position = 0;
  size_t count;
  while ((count = fread(samples, sizeof samples[0], 1024, stdin)) > 0) {
    ltc_decoder_write_s16(decoder, samples, count, position);
    position += (long long)count;
    print_words(decoder);
  }
  ltc_decoder_free(decoder);
  return 0;
}
