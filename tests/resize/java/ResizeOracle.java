import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * What the JDK itself makes of a picture. Runs of many jobs share one JVM; a job is one line of a tab-separated file.
 *
 *   resize JOBS OUT   METHOD SOURCE HEIGHT WIDTH        appends int32 height, int32 width, RGB bytes to OUT for each job
 *   decode JOBS OUT   SOURCE                            the same, as ImageIO.read gives it
 *   encode JOBS       SOURCE QUALITY TARGET.jpg         QUALITY "default" means ImageIO.write
 *   bench ROUNDS JOBS METHOD SOURCE HEIGHT WIDTH        prints method, milliseconds (median) for each job: the jobs take turns,
 *                                                       each turn is one untimed call and TURN timed ones
 *
 * SOURCE is a picture that ImageIO reads, or a .raw file: int32 height, int32 width, RGB bytes. Raw pictures become
 * TYPE_3BYTE_BGR, the type in which ImageIO hands out JPEGs.
 */
public class ResizeOracle {
    static final int TURN = 3;

    interface Method {
        Image apply(BufferedImage source, int height, int width);
    }

    static final Map<String, Method> METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("java2d.nearest", (s, h, w) -> draw(s, h, w, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR));
        METHODS.put("java2d.bilinear", (s, h, w) -> draw(s, h, w, RenderingHints.VALUE_INTERPOLATION_BILINEAR));
        METHODS.put("java2d.bicubic", (s, h, w) -> draw(s, h, w, RenderingHints.VALUE_INTERPOLATION_BICUBIC));
        METHODS.put("java_image.smooth", (s, h, w) -> s.getScaledInstance(w, h, Image.SCALE_SMOOTH));
        METHODS.put("java_image.replicate", (s, h, w) -> s.getScaledInstance(w, h, Image.SCALE_REPLICATE));
    }

    static BufferedImage draw(BufferedImage source, int height, int width, Object hint) {
        BufferedImage target = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, hint);
        graphics.drawImage(source, 0, 0, width, height, null);
        graphics.dispose();
        return target;
    }

    /** The method's result on an opaque image of its own. */
    static BufferedImage resize(String method, BufferedImage source, int height, int width) {
        Image result = METHODS.get(method).apply(source, height, width);
        if (result instanceof BufferedImage) return (BufferedImage) result;
        BufferedImage target = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = target.createGraphics();
        graphics.drawImage(result, 0, 0, null);
        graphics.dispose();
        return target;
    }

    static BufferedImage load(String path) throws IOException {
        if (!path.endsWith(".raw")) {
            BufferedImage image = ImageIO.read(new File(path));
            if (image == null) throw new IOException("ImageIO cannot read " + path);
            return image;
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(Path.of(path)))) {
            int height = in.readInt(), width = in.readInt();
            byte[] bytes = in.readAllBytes();
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
            int[] row = new int[3 * width];
            for (int y = 0; y < height; y++) {
                for (int i = 0; i < row.length; i++) row[i] = bytes[y * row.length + i] & 0xff;
                image.getRaster().setPixels(0, y, width, 1, row);
            }
            return image;
        }
    }

    /** Samples as stored, gray repeated: no colour conversion. */
    static void emit(BufferedImage image, DataOutputStream out) throws IOException {
        int width = image.getWidth(), bands = image.getRaster().getNumBands();
        out.writeInt(image.getHeight());
        out.writeInt(width);
        byte[] line = new byte[3 * width];
        int[] row = new int[bands * width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++)
                for (int c = 0; c < 3; c++) line[3 * x + c] = (byte) row[bands * x + (bands < 3 ? 0 : c)];
            out.write(line);
        }
    }

    static void encode(BufferedImage image, String quality, File target) throws IOException {
        if (quality.equals("default")) {
            if (!ImageIO.write(image, "jpg", target)) throw new IOException("no writer for " + target);
            return;
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(Float.parseFloat(quality));
        try (ImageOutputStream out = ImageIO.createImageOutputStream(target)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        }
        writer.dispose();
    }

    static void bench(int rounds, List<String[]> jobs) throws IOException {
        List<BufferedImage> sources = new ArrayList<>();
        for (String[] job : jobs) sources.add(load(job[1]));
        double[][] milliseconds = new double[jobs.size()][rounds * TURN];
        for (int round = -30; round < rounds; round++) // the first thirty only warm the JVM up
            for (int j = 0; j < jobs.size(); j++)
                for (int turn = -1; turn < TURN; turn++) {
                    String[] job = jobs.get(j);
                    long start = System.nanoTime();
                    resize(job[0], sources.get(j), Integer.parseInt(job[2]), Integer.parseInt(job[3]));
                    if (round >= 0 && turn >= 0) milliseconds[j][round * TURN + turn] = (System.nanoTime() - start) / 1e6;
                }
        for (int j = 0; j < jobs.size(); j++) {
            Arrays.sort(milliseconds[j]);
            System.out.printf(Locale.ROOT, "%s\t%.5f%n", jobs.get(j)[0], milliseconds[j][rounds * TURN / 2]);
        }
    }

    static List<String[]> jobs(String path) throws IOException {
        List<String[]> jobs = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(path))) jobs.add(line.split("\t"));
        return jobs;
    }

    public static void main(String[] arguments) throws IOException {
        ImageIO.setUseCache(false);
        switch (arguments[0]) {
            case "resize":
            case "decode":
                try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2]))))) {
                    for (String[] job : jobs(arguments[1]))
                        if (arguments[0].equals("decode")) emit(load(job[0]), out);
                        else emit(resize(job[0], load(job[1]), Integer.parseInt(job[2]), Integer.parseInt(job[3])), out);
                }
                break;
            case "encode":
                for (String[] job : jobs(arguments[1])) encode(load(job[0]), job[1], new File(job[2]));
                break;
            case "bench":
                bench(Integer.parseInt(arguments[1]), jobs(arguments[2]));
                break;
            default:
                throw new IllegalArgumentException(arguments[0]);
        }
    }
}
