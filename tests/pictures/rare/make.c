/* Writes the JPEGs of this folder that no Python library can write: cc make.c -ljpeg -lm && ./a.out */
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>

enum { WIDTH = 45, HEIGHT = 29 };

static void write_jpeg(const char *name, J_COLOR_SPACE in, J_COLOR_SPACE out, const char *factors, int arithmetic, int progressive) {
  struct jpeg_compress_struct c;
  struct jpeg_error_mgr err;
  int channels = in == JCS_CMYK ? 4 : in == JCS_GRAYSCALE ? 1 : 3;
  unsigned char row[WIDTH * 4];
  JSAMPROW rows[1] = {row};
  FILE *file = fopen(name, "wb");
  c.err = jpeg_std_error(&err);
  jpeg_create_compress(&c);
  jpeg_stdio_dest(&c, file);
  c.image_width = WIDTH, c.image_height = HEIGHT, c.input_components = channels, c.in_color_space = in;
  jpeg_set_defaults(&c);
  jpeg_set_colorspace(&c, out);
  jpeg_set_quality(&c, 85, TRUE);
  for (int k = 0; factors && factors[2 * k]; k++)
    c.comp_info[k].h_samp_factor = factors[2 * k] - '0', c.comp_info[k].v_samp_factor = factors[2 * k + 1] - '0';
  c.arith_code = arithmetic;
  if (progressive) jpeg_simple_progression(&c);
  jpeg_start_compress(&c, TRUE);
  srand(7);
  for (int y = 0; y < HEIGHT; y++) {
    for (int x = 0; x < WIDTH; x++)
      for (int k = 0; k < channels; k++)
        row[x * channels + k] = (unsigned char)((x * (5 - k) + y * (2 + k) + (x > 20) * 40 * k + rand() % 16) % 256);
    jpeg_write_scanlines(&c, rows, 1);
  }
  jpeg_finish_compress(&c);
  fclose(file);
  jpeg_destroy_compress(&c);
}

/* A scan for each component, baseline; no colour, so that the scans of chroma are nothing but zero bits. */
static void write_gray_in_three_scans(const char *name) {
  enum { SIDE = 240 };
  static const jpeg_scan_info scans[] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  struct jpeg_compress_struct c;
  struct jpeg_error_mgr err;
  unsigned char row[SIDE * 3];
  JSAMPROW rows[1] = {row};
  FILE *file = fopen(name, "wb");
  c.err = jpeg_std_error(&err);
  jpeg_create_compress(&c);
  jpeg_stdio_dest(&c, file);
  c.image_width = SIDE, c.image_height = SIDE, c.input_components = 3, c.in_color_space = JCS_RGB;
  jpeg_set_defaults(&c);
  jpeg_set_quality(&c, 60, TRUE);
  for (int k = 0; k < 3; k++) c.comp_info[k].h_samp_factor = c.comp_info[k].v_samp_factor = 1;
  c.scan_info = scans, c.num_scans = 3;
  jpeg_start_compress(&c, TRUE);
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < 3 * SIDE; x++) row[x] = (unsigned char)((x / 3 + y) / 2);
    jpeg_write_scanlines(&c, rows, 1);
  }
  jpeg_finish_compress(&c);
  fclose(file);
  jpeg_destroy_compress(&c);
}

int main(void) {
  write_gray_in_three_scans("three-scans.jpg");
  write_jpeg("arithmetic.jpg", JCS_RGB, JCS_YCbCr, NULL, 1, 0);
  write_jpeg("arithmetic-progressive.jpg", JCS_RGB, JCS_YCbCr, NULL, 1, 1);
  write_jpeg("factors-41-11-11.jpg", JCS_RGB, JCS_YCbCr, "411111", 0, 0);
  write_jpeg("factors-42-11-11.jpg", JCS_RGB, JCS_YCbCr, "421111", 0, 0);
  write_jpeg("factors-14-11-11.jpg", JCS_RGB, JCS_YCbCr, "141111", 0, 0);
  write_jpeg("factors-22-21-12.jpg", JCS_RGB, JCS_YCbCr, "222112", 0, 0);
  write_jpeg("factors-22-22-11.jpg", JCS_RGB, JCS_YCbCr, "222211", 0, 0);
  write_jpeg("factors-22-12-12.jpg", JCS_RGB, JCS_YCbCr, "221212", 0, 0);
  write_jpeg("factors-31-11-11.jpg", JCS_RGB, JCS_YCbCr, "311111", 0, 0);
  write_jpeg("rgb-22-11-11.jpg", JCS_RGB, JCS_RGB, "221111", 0, 0);
  write_jpeg("gray-22.jpg", JCS_GRAYSCALE, JCS_GRAYSCALE, "22", 0, 0);
  write_jpeg("ycck-22-11-11-22.jpg", JCS_CMYK, JCS_YCCK, "22111122", 0, 0);
  write_jpeg("cmyk-arithmetic.jpg", JCS_CMYK, JCS_CMYK, NULL, 1, 0);
  return 0;
}
