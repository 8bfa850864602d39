package structure_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

var (
	le = binary.LittleEndian
	be = binary.BigEndian
)

// noise is content that is neither zeros nor text, the same each time.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(1 + r.IntN(255))
	}
	return b
}

// rareFiles makes files of kinds that no free program writes, or writes in
// other ways.
func rareFiles(t testing.TB) map[string][]byte {
	film := join(ftyp("isom"), box("moov", 64), box("mdat", 900))
	photo := makeJPEG(t, nil)
	return map[string][]byte{
		"phone-with-notes.mp4": join(film, []byte("\x00\x00\x0a\x01SEFH and more")), // of Samsung's phones
		"tagged.m4a":           join(ftyp("M4A "), box("mdat", 900), box("moov", 64), []byte("TAG"), make([]byte, 125)),
		"old.mov":              join(box("wide", 0), box("mdat", 900), box("moov", 64)),
		"canon.cr3":            join(ftyp("crx "), box("moov", 64), box64("mdat", 900)),
		"init.mp4":             join(ftyp("iso5"), boxOf("moov", box("mvhd", 500), box("mvex", 500))),
		"segment.m4s":          join(stypBox(), box("moof", 300), box("mdat", 900)),
		"tiny.heic":            join(ftyp("heic"), boxOf("meta", []byte{0, 0, 0, 0}, box("iloc", 300), box("idat", 300))),
		"hybrid.mp4":           join(ftyp("isom"), box("mdat", 900), box("moov", 64), box("free", 64)),
		"motorola.wav":         motorolaWAV(),
		"motion.jpg":           join(photo, noise(100)),
		"archive.rar":          rar4(),
		"archive5.rar":         rar5(),
		"secret5.rar":          join([]byte("Rar!\x1a\x07\x01\x00"), rar5Header(4, nil, nil), noise(400)),
		"collection.ttc":       ttc(),
		"fancy.otf":            sfnt("OTTO", 0),
		"windows.eps":          dosEPS(),
		"large.avi":            join(riff("RIFF", "AVI ", 400), riff("RIFF", "AVIX", 300)),
		"effects.aep":          riff("RIFX", "Egg!", 400),
		"drawing.cdr":          riff("RIFF", "CDRC", 400),
		"model.glb":            sizedFile("glTF\x02\x00\x00\x00", 8, 600),
		"pack.cab":             sizedFile("MSCF\x00\x00\x00\x00", 8, 600),
		"song.mid":             midi(),
		"scene.blend":          join([]byte("BLENDER-v300"), noise(500), []byte("ENDB"), make([]byte, 20)),
		"letter.doc":           ole(),
		"raw.dng":              dng(),
		"photoshop.psb":        psb(),
		"photoshop32.psd":      rawPSD(),
		"old.mp3":              mp3s(41),
		"ape-tag.mp3":          join(mp3s(40), apeTag()),
		"cover.mp3":            join(id3(9000), mp3s(40)),
		"tagged.aac":           join(id3(40), adts(30)),
	}
}

func riff(id, form string, n int) []byte {
	var order binary.ByteOrder = le
	if id == "RIFX" {
		order = be
	}
	size := make([]byte, 4)
	order.PutUint32(size, uint32(4+n))
	return join([]byte(id), size, []byte(form), noise(n))
}

// sizedFile says its length in 32 bits at the offset.
func sizedFile(begin string, at, n int) []byte {
	b := join([]byte(begin), noise(n-len(begin)))
	le.PutUint32(b[at:], uint32(n))
	return b
}

func rar4() []byte {
	block := func(kind byte, flags uint16, data int) []byte {
		b := []byte{0x11, 0x22, kind, 0, 0, 0, 0}
		if data > 0 {
			flags |= 0x8000
			b = le.AppendUint32(b, uint32(data))
		}
		b = append(b, noise(21)...)
		le.PutUint16(b[3:], flags)
		le.PutUint16(b[5:], uint16(len(b)))
		return append(b, noise(data)...)
	}
	return join([]byte("Rar!\x1a\x07\x00"), block(0x73, 0, 0), block(0x74, 0, 300), block(0x74, 0, 500), []byte("\xc4\x3d\x7b\x00\x40\x07\x00"))
}

func rar5Header(kind byte, extra, data []byte) []byte {
	flags := byte(0)
	rest := []byte{kind, 0}
	if len(data) > 0 {
		flags = 2
		rest = append(rest, byte(len(data)&0x7f|0x80), byte(len(data)>>7))
	}
	rest[1] = flags
	rest = append(rest, extra...)
	return join([]byte{1, 2, 3, 4, byte(len(rest))}, rest, data)
}

func rar5() []byte {
	return join([]byte("Rar!\x1a\x07\x01\x00"), rar5Header(1, noise(6), nil), rar5Header(2, noise(20), noise(300)), rar5Header(2, noise(20), noise(700)),
		[]byte("\x1d\x77\x56\x51\x03\x05\x04\x00"))
}

// sfnt is a font with two tables, in a file that has something before it.
func sfnt(version string, before int) []byte {
	b := be.AppendUint16([]byte(version), 2)
	b = append(b, make([]byte, 6)...)
	for i, name := range []string{"glyf", "head"} {
		b = append(append(b, name...), 1, 2, 3, 4)
		b = be.AppendUint32(b, uint32(before+44+i*300))
		b = be.AppendUint32(b, 300)
	}
	return append(b, noise(600)...)
}

func ttc() []byte {
	b := []byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x02")
	b = be.AppendUint32(b, 20)
	b = be.AppendUint32(b, 20+644)
	return join(b, sfnt("\x00\x01\x00\x00", 20), sfnt("\x00\x01\x00\x00", 20+644))
}

func dosEPS() []byte {
	b := []byte("\xc5\xd0\xd3\xc6")
	for _, n := range []uint32{32, 300, 0, 0, 332, 400} {
		b = le.AppendUint32(b, n)
	}
	return join(b, []byte("\xff\xff\x00\x00"), noise(700))
}

func midi() []byte {
	b := []byte("MThd\x00\x00\x00\x06\x00\x01\x00\x02\x00\x60")
	for range 2 {
		b = append(be.AppendUint32(append(b, "MTrk"...), 200), noise(200)...)
	}
	return b
}

// ole is a document of old Office: a table of sectors and the sectors in use.
func ole() []byte {
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le.PutUint16(head[30:], 9)
	le.PutUint32(head[44:], 1)
	table := bytes.Repeat([]byte{0xff}, 512)
	for i := range 121 {
		le.PutUint32(table[4*i:], 0xfffffffe)
	}
	return join(head, table, noise(120*512))
}

// ifd is a directory of a TIFF; values are tag, type, count, value.
func ifd(next uint32, values ...[4]uint32) []byte {
	b := le.AppendUint16(nil, uint16(len(values)))
	for _, v := range values {
		b = le.AppendUint16(b, uint16(v[0]))
		b = le.AppendUint16(b, uint16(v[1]))
		b = le.AppendUint32(b, v[2])
		b = le.AppendUint32(b, v[3])
	}
	return le.AppendUint32(b, next)
}

// dng has a small picture first and the raw one in a directory below.
func dng() []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = append(b, ifd(0, [4]uint32{259, 3, 1, 1}, [4]uint32{273, 4, 1, 300}, [4]uint32{279, 4, 1, 100}, [4]uint32{330, 4, 1, 100})...)
	b = append(b, make([]byte, 100-len(b))...)
	b = append(b, ifd(0, [4]uint32{259, 3, 1, 7}, [4]uint32{324, 4, 1, 400}, [4]uint32{325, 4, 1, 900})...)
	return join(b, noise(1300-len(b)))
}

// psb has three channels of ten rows, each of 20 bytes when packed.
func psb() []byte {
	b := []byte("8BPS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x0a\x00\x00\x00\x28\x00\x08\x00\x03")
	b = append(b, make([]byte, 4+4)...)
	b = append(be.AppendUint64(b, 300), noise(300)...)
	b = append(b, 0, 1)
	for range 30 {
		b = be.AppendUint32(b, 20)
	}
	return append(b, noise(600)...)
}

func rawPSD() []byte {
	b := []byte("8BPS\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x0a\x00\x00\x00\x0a\x00\x20\x00\x03")
	b = append(b, make([]byte, 4+4+4+2)...)
	return append(b, noise(1200)...)
}

// mp3s are frames of 128 kbit/s without a word on how many there are.
func mp3s(n int) (b []byte) {
	for range n {
		b = append(append(b, 0xff, 0xfb, 0x90, 0x64), bytes.Repeat([]byte{0x55}, 413)...)
	}
	return b
}

func adts(n int) (b []byte) {
	for range n {
		const length = 200
		b = append(append(b, 0xff, 0xf1, 0x50, 0x80|length>>11, length>>3, length&7<<5|0x1f, 0xfc), bytes.Repeat([]byte{0x55}, length-7)...)
	}
	return b
}

func id3(n int) []byte {
	return join([]byte{'I', 'D', '3', 3, 0, 0, 0, 0, byte(n >> 7), byte(n & 0x7f)}, noise(n))
}

func apeTag() []byte {
	const items = 60
	b := join(noise(items), []byte("APETAGEX"), le.AppendUint32(nil, 2000))
	b = le.AppendUint32(b, items+32)
	return append(b, make([]byte, 16)...)
}

func boxOf(name string, content ...[]byte) []byte {
	inside := join(content...)
	b := box(name, len(inside))
	copy(b[8:], inside)
	return b
}

func stypBox() []byte { return bytes.Replace(ftyp("msdh"), []byte("ftyp"), []byte("styp"), 1) }

// motorolaWAV has its numbers the other way round.
func motorolaWAV() []byte {
	b := be.AppendUint32([]byte("RIFX"), 4+24+8+800)
	b = be.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = append(b, "\x00\x01\x00\x01\x00\x00\x20\x00\x00\x00\x40\x00\x00\x02\x00\x10"...)
	return append(be.AppendUint32(append(b, "data"...), 800), noise(800)...)
}
