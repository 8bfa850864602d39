#!/usr/bin/env bash
# Makes corpus.zip: small files of many kinds, as common programs write them. The tests need only the archive; this says
# where it comes from. On Debian it needs: ffmpeg sox libsox-fmt-all flac lame wavpack opus-tools vorbis-tools mkvtoolnix imagemagick webp
# libheif-examples libavif-bin libtiff-tools libjxl-tools p7zip-full zip xz-utils zstd bzip2 libarchive-tools ghostscript sqlite3
# woff2 fonttools fonts-dejavu-core openexr
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir out tmp
note() { echo "not made: $*" >&2; }
ff() { ffmpeg -loglevel error -y "$@" || note "$*"; }
video=(-f lavfi -i "testsrc2=s=64x48:r=25:d=0.6")
sound=(-f lavfi -i "sine=f=440:d=0.6:r=44100")
both=("${video[@]}" "${sound[@]}" -shortest)
o=out

# Films
ff "${both[@]}" -c:v libx264 -c:a aac $o/h264.mp4
ff "${both[@]}" -c:v libx264 -c:a aac -movflags +faststart $o/faststart.mp4
ff "${both[@]}" -c:v libx264 -g 5 -c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof $o/fragments.mp4
ff "${both[@]}" -c:v libx264 -g 5 -c:a aac -movflags +dash+global_sidx+frag_keyframe $o/dash.mp4
ff "${both[@]}" -c:v libx264 -c:a aac $o/h264.m4v
ff "${both[@]}" -c:v libx264 -c:a aac $o/phone.3gp
ff "${both[@]}" -c:v prores_ks -c:a pcm_s16le $o/prores.mov
ff "${both[@]}" -c:v mjpeg -c:a pcm_s16le $o/mjpeg.mov
ff "${both[@]}" -c:v libx264 -c:a aac $o/h264.mov
ff "${both[@]}" -c:v libx264 -c:a aac $o/h264.mkv
ff "${both[@]}" -c:v ffv1 -c:a flac $o/ffv1.mkv
ff "${both[@]}" -c:v libvpx -b:v 60k -c:a libvorbis $o/vp8.webm
ff "${both[@]}" -c:v libvpx-vp9 -b:v 60k -c:a libopus $o/vp9.webm
ff "${both[@]}" -c:v libvpx -b:v 60k -c:a libopus -live 1 -f webm $o/live.webm
ff "${both[@]}" -c:v libvpx -b:v 60k -c:a libopus -f webm - >$o/piped.webm
mkvmerge -q -o $o/mkvmerge.mkv $o/h264.mp4 || note mkvmerge
ff "${both[@]}" -c:v mpeg4 -c:a mp3 $o/mpeg4.avi
ff "${both[@]}" -c:v rawvideo -pix_fmt bgr24 -t 0.3 $o/raw.avi
ff "${both[@]}" -c:v mpeg2video -c:a pcm_s16le -ar 48000 $o/op1a.mxf
ff "${video[@]}" -c:v mpeg2video -f mxf_opatom $o/opatom.mxf
ff "${both[@]}" -c:v mpeg2video -c:a mp2 $o/plain.ts
ff "${both[@]}" -c:v libx264 -c:a aac -mpegts_m2ts_mode 1 $o/bluray.m2ts
ff "${both[@]}" -c:v mpeg1video -c:a mp2 -f mpeg $o/mpeg1.mpg
ff "${both[@]}" -c:v mpeg2video -c:a mp2 -f vob $o/mpeg2.vob
ff "${both[@]}" -c:v wmv2 -c:a wmav2 $o/wmv2.wmv
ff "${both[@]}" -c:v flv1 -c:a mp3 $o/flv1.flv
ff "${both[@]}" -c:v libtheora -c:a libvorbis $o/theora.ogv
ff "${video[@]}" -c:v libaom-av1 -cpu-used 8 $o/av1.mp4

# Sound
ff "${sound[@]}" -t 0.2 $o/pcm16.wav
ff "${sound[@]}" -t 0.2 -c:a pcm_s24le $o/pcm24.wav
ff "${sound[@]}" -t 0.2 -c:a pcm_f32le $o/float.wav
ff "${sound[@]}" -t 0.2 -c:a pcm_u8 $o/pcm8.wav
ff "${sound[@]}" -t 0.2 -c:a adpcm_ms $o/adpcm.wav
ff "${sound[@]}" -t 0.2 -write_bext 1 -metadata description=take $o/broadcast.wav
ff "${sound[@]}" -t 0.2 -rf64 always $o/rf64.wav
ff "${sound[@]}" -t 0.2 -f wav - >$o/piped.wav
sox -n -r 44100 $o/sox-silence.wav trim 0 0.2
sox -n -r 44100 -b 16 $o/sox-fade.wav synth 0.1 sine 440 fade t 0 0.1 0.1 pad 0 0.2
sox -n -r 44100 -t wav - synth 0.1 sine 440 >$o/sox-piped.wav
ff "${sound[@]}" -t 0.2 $o/wave64.w64
ff "${sound[@]}" -t 0.2 $o/pcm16.aiff
ff "${sound[@]}" -t 0.2 -c:a pcm_s16le -f caf $o/apple.caf
ff "${sound[@]}" -t 0.2 -f au $o/sun.au
sox -n -r 44100 $o/sox.aiff synth 0.2 sine 440
sox -n -r 44100 $o/sox.aifc synth 0.2 sine 440
ff "${sound[@]}" -c:a libmp3lame $o/xing.mp3
ff "${sound[@]}" -c:a libmp3lame -q:a 4 -id3v2_version 3 -write_id3v1 1 -metadata title=song $o/vbr-tags.mp3
ff "${sound[@]}" -c:a libmp3lame -write_xing 0 $o/no-xing.mp3
ff "${sound[@]}" -c:a libmp3lame -ar 22050 $o/mpeg2.mp3
lame --quiet -b 128 $o/pcm16.wav $o/lame-cbr.mp3
ff "${sound[@]}" -c:a mp2 $o/layer2.mp2
flac -s -f -o $o/flac.flac $o/pcm16.wav
flac -s -f -8 -o $o/flac24.flac $o/pcm24.wav
ff "${sound[@]}" -c:a flac $o/ffmpeg.flac
ff "${sound[@]}" -c:a flac -f flac - >$o/piped.flac
oggenc -Q -o $o/oggenc.ogg $o/pcm16.wav
opusenc --quiet $o/pcm16.wav $o/opusenc.opus
ff "${sound[@]}" -c:a libopus $o/ffmpeg.opus
ff "${sound[@]}" -c:a libvorbis $o/ffmpeg.ogg
ff "${sound[@]}" -c:a flac $o/flac.oga
ff "${sound[@]}" -c:a aac $o/aac.m4a
ff "${sound[@]}" -c:a alac $o/alac.m4a
ff "${sound[@]}" -c:a aac -f adts $o/adts.aac
wavpack -q -y $o/pcm16.wav -o $o/wavpack.wv
ff "${sound[@]}" -c:a wmav2 $o/wma.wma

# Pictures
convert -size 56x40 plasma:red-blue tmp/p.png
for ext in gif bmp tiff psd psb webp jp2 dpx ico; do convert tmp/p.png "$o/magick.$ext" || note $ext; done
convert tmp/p.png $o/magick.png
convert tmp/p.png -interlace PNG $o/interlaced.png
convert tmp/p.png $o/magick.jpg
convert tmp/p.png -interlace JPEG $o/progressive.jpg
convert tmp/p.png -colorspace CMYK $o/cmyk.jpg
convert tmp/p.png tmp/p.png $o/animated.gif
convert tmp/p.png -compress none $o/plain.psd
convert \( tmp/p.png \) \( tmp/p.png -negate \) $o/layers.psd
convert tmp/p.png -depth 16 $o/16bit.psd
convert tmp/p.png -compress lzw $o/lzw.tif
convert tmp/p.png -compress zip $o/zip.tif
convert tmp/p.png -compress jpeg $o/jpeg.tif
convert tmp/p.png -compress none -endian MSB $o/big-endian.tif
convert tmp/p.png tmp/p.png -compress lzw $o/pages.tif
tiffcp -8 $o/lzw.tif $o/bigtiff.tif || note bigtiff
tiffcp -t -w 32 -l 32 $o/lzw.tif $o/tiles.tif || note tiles
convert -size 64x48 xc:black -compress none $o/black.tif
convert -size 64x48 xc:black $o/black.bmp
ff -i tmp/p.png -vf format=gbrpf32le -c:v exr -compression none $o/plain.exr
ff -i tmp/p.png -vf format=gbrpf32le -c:v exr -compression zip16 $o/zip.exr
exrmaketiled $o/zip.exr $o/tiled.exr
exrmultipart -combine -i $o/zip.exr $o/plain.exr -o $o/parts.exr >/dev/null || note parts.exr
cwebp -quiet tmp/p.png -o $o/lossy.webp
cwebp -quiet -lossless tmp/p.png -o $o/lossless.webp
gif2webp -quiet $o/animated.gif -o $o/animated.webp
heif-enc -q 50 tmp/p.png -o $o/photo.heic >/dev/null || note heic
avifenc -s 10 tmp/p.png $o/photo.avif >/dev/null || note avif
cjxl --quiet --container=1 tmp/p.png $o/photo.jxl 2>/dev/null || note jxl

# Documents
tiff2ps -e $o/zip.tif >$o/libtiff.eps
gs -q -dNOPAUSE -dBATCH -sDEVICE=eps2write -sOutputFile=$o/ghostscript.eps $o/libtiff.eps
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=$o/ghostscript.pdf $o/libtiff.eps
gs -q -dNOPAUSE -dBATCH -dFastWebView=true -sDEVICE=pdfwrite -sOutputFile=$o/fast-web-view.pdf $o/libtiff.eps
sqlite3 $o/plain.sqlite "create table t(a); with recursive n(i) as (select 1 union all select i+1 from n where i<400) insert into t select i||' row' from n"
sqlite3 $o/vacuum.sqlite "pragma page_size=1024; vacuum; create table t(a); insert into t values(zeroblob(9000))"

# Archives
printf 'name,amount\n%s' "$(seq 1 300)" >tmp/table.csv
cp tmp/p.png tmp/photo.png
(cd tmp && zip -q ../out/zip.zip table.csv photo.png && zip -q -0 ../out/stored.zip table.csv photo.png && zip -q -fd - table.csv photo.png >../out/piped.zip)
for method in LZMA2 PPMd BZip2 Copy; do 7z a -bd -m0=$method $o/$method.7z tmp/table.csv tmp/photo.png >/dev/null; done
7z a -bd -psecret -mhe=on $o/secret.7z tmp/table.csv >/dev/null
7z a -bd -tzip $o/7z.zip tmp/table.csv tmp/photo.png >/dev/null
tar -C tmp -cf $o/gnu.tar table.csv photo.png
tar -C tmp --format=pax -cf $o/pax.tar table.csv photo.png
tar -C tmp --format=v7 -cf $o/v7.tar table.csv photo.png
bsdtar -C tmp -cf $o/bsd.tar table.csv photo.png
truncate -s 200K tmp/holes && echo end >>tmp/holes && tar -C tmp -Scf $o/sparse.tar holes table.csv
tar -C tmp -czf $o/tar.tar.gz table.csv photo.png
tar -C tmp -cJf $o/tar.tar.xz table.csv photo.png
tar -C tmp -cjf $o/tar.tar.bz2 table.csv photo.png
tar -C tmp --zstd -cf $o/tar.tar.zst table.csv photo.png
gzip -c tmp/table.csv >$o/gzip.gz
(gzip -c tmp/table.csv; gzip -c tmp/photo.png) >$o/two.gz
xz -c tmp/table.csv >$o/xz.xz
xz -c --check=none tmp/photo.png >$o/no-check.xz
zstd -q -c tmp/photo.png >$o/zstd.zst
zstd -q -c --no-check -1 <tmp/table.csv >$o/piped.zst
bzip2 -c tmp/table.csv >$o/bzip2.bz2

# Fonts
font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf
pyftsubset $font --text="Handover" --output-file=$o/subset.ttf
pyftsubset $font --text="Hand" --flavor=woff --output-file=$o/font.woff
cp $o/subset.ttf tmp/f.ttf && woff2_compress tmp/f.ttf 2>/dev/null && cp tmp/f.woff2 $o/font.woff2

rm -f "$here/corpus.zip"
(cd out && zip -q -9 -X "$here/corpus.zip" -- *)
ls out | wc -l
